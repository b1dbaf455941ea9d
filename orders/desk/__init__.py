"""What the people at the desk see and do beyond lists: pages in the admin, and the facts that they show."""
