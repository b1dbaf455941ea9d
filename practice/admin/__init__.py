"""What the desk sees of the practice. Importing this package registers its admins, as Django expects."""

from practice.admin import cities, crisis, enquiries, links, pages, people, practice, services, site_wide

__all__ = ["cities", "crisis", "enquiries", "links", "pages", "people", "practice", "services", "site_wide"]
