-- Takes the audit trail out of the application's hands: it adds lines and reads them, and cannot change one, remove one,
-- drop the table or switch off the trigger that forbids it. Run once after `manage.py migrate`, as the superuser:
--   psql --dbname shouyue --set app=shouyue --file deploy/audit-owner.sql
SELECT 'CREATE ROLE shouyue_audit NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shouyue_audit') \gexec
ALTER TABLE teams_auditevent OWNER TO shouyue_audit;
REVOKE ALL ON teams_auditevent FROM PUBLIC, :"app";
GRANT SELECT, INSERT ON teams_auditevent TO :"app";
-- Whoever owns a schema may drop what is in it.
ALTER SCHEMA public OWNER TO shouyue_audit;
GRANT USAGE, CREATE ON SCHEMA public TO :"app";
