-- The rows of months, partitioned by revision: one table for each, attached when it is complete, dropped when replaced.
create table assessments_residentmonth (
    revision_id bigint not null,
    resident_id bigint not null,
    person bigint not null,
    institution_id bigint not null,
    village_id bigint,
    household_id bigint,
    coverage_id bigint,
    team_id bigint,
    county integer not null,
    categories integer not null,
    managed_due integer not null,
    managed integer not null,
    measured integer not null,
    controlled integer not null,
    age smallint not null,
    in_population boolean not null,
    covered boolean not null,
    paid boolean not null,
    renewal_due boolean not null,
    leads_household boolean not null,
    household_covered boolean not null,
    primary key (revision_id, resident_id)
) partition by list (revision_id);

create table assessments_coveragemonth (
    revision_id bigint not null,
    coverage_id bigint not null,
    resident_id bigint not null,
    person bigint not null,
    institution_id bigint not null,
    village_id bigint,
    team_id bigint not null,
    visit_cost_fen bigint not null,
    county integer not null,
    categories integer not null,
    obligations integer not null,
    obligations_met integer not null,
    obligations_on_time integer not null,
    obligations_waived integer not null,
    packages integer not null,
    packages_complete integer not null,
    visits integer not null,
    primary_visits integer not null,
    in_force boolean not null,
    service_expected boolean not null,
    unserved boolean not null,
    primary key (revision_id, coverage_id)
) partition by list (revision_id);

create table assessments_figure (
    revision_id bigint not null,
    institution_id bigint not null,
    team_key bigint not null,
    team_id bigint,
    numerator bigint not null,
    denominator bigint not null,
    category varchar(20) not null,
    indicator varchar(20) not null,
    primary key (revision_id, institution_id, team_key, category, indicator)
) partition by list (revision_id);

comment on column assessments_residentmonth.categories is 'key populations on the report date, a bit for each (residents.categories)';
comment on column assessments_residentmonth.managed_due is 'registers whose standard asks for at least one service of this member, a bit for each';
comment on column assessments_residentmonth.managed is 'those of managed_due whose services reach the number required';
comment on column assessments_residentmonth.measured is 'hypertension, diabetes: a reading in the 12 months to the report date';
comment on column assessments_residentmonth.controlled is 'those of measured whose latest reading is at goal';
comment on column assessments_residentmonth.leads_household is 'one row for each household and institution, on which households are counted';
comment on column assessments_coveragemonth.service_expected is 'in force on the report date and begun at least 90 days before';

-- What guards the rows of a frozen month: each of its tables gets triggers that call this.
create function assessments_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the rows of a frozen month never change (%)', tg_table_name;
end
$$;
