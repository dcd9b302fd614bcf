"""Rules about who may hold a package, and which go together: files bring in what signing would warn of."""

from django.utils.translation import gettext_lazy as _

from contracts.problems import Page, Rule, Severity, of_coverages

_AGE = "extract(year from age(c.start_on, p.birth_date))"

RULES = (
    Rule(
        "package_conditions",
        _("Package whose conditions the person does not meet"),
        _("The package asks for a register, an age or a sex that this person has not."),
        _("Correct the record of the person, or change the package."),
        Severity.POLICY,
        Page.CONTRACT,
        of_coverages(
            f"""
            exists (
                select from contracts_coveragepackage h
                join service_packages_packageversion v on v.id = h.version_id
                where h.coverage_id = c.id
                  and (v.sex <> '' and v.sex <> p.sex
                       or {_AGE} < v.age_from
                       or {_AGE} > v.age_to
                       or exists (
                           select from unnest(v.required) as m(category)
                           where not case m.category
                               when 'elderly' then {_AGE} >= %(elderly_age)s
                               when 'child' then {_AGE} <= %(child_age)s
                               else exists (
                                   select from residents_register g
                                   where g.resident_id = p.id and g.category = m.category
                                     and g.from_on <= %(day)s and (g.to_on is null or g.to_on > c.start_on)
                               )
                           end
                       ))
            )
            """
        ),
    ),
    Rule(
        "packages_exclude_each_other",
        _("Packages that exclude each other"),
        _("The person holds two versions of one package, or two packages of an exclusive group."),
        _("Keep one of them at the next change of packages."),
        Severity.POLICY,
        Page.CONTRACT,
        of_coverages(
            """
            exists (
                select from contracts_coveragepackage h
                join service_packages_packageversion v on v.id = h.version_id
                where h.coverage_id = c.id
                group by coalesce(nullif(v.exclusive_group, ''), 'package ' || v.package_id)
                having count(*) > 1
            )
            """
        ),
    ),
)
