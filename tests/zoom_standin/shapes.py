"""What Zoom's answers look like, by its published API: of each field the type. A test holds the stand-in to it."""

TOKEN = {"access_token": str, "token_type": str, "expires_in": int, "scope": str, "api_url": str}
MEETING = {
    "id": int,
    "uuid": str,
    "host_id": str,
    "host_email": str,
    "topic": str,
    "type": int,
    "status": str,
    "start_time": str,
    "duration": int,
    "timezone": str,
    "agenda": str,
    "created_at": str,
    "join_url": str,
    "start_url": str,
    "registration_url": str,
    "password": str,
    "settings": dict,
}
LISTED_MEETING = {
    "id": int,
    "uuid": str,
    "host_id": str,
    "topic": str,
    "type": int,
    "start_time": str,
    "duration": int,
    "timezone": str,
    "agenda": str,
    "created_at": str,
    "join_url": str,
}
MEETINGS = {"page_size": int, "next_page_token": str, "total_records": int, "meetings": [LISTED_MEETING]}
REGISTRANT = {"id": int, "registrant_id": str, "topic": str, "start_time": str, "join_url": str}
INSTANCES = {"meetings": [{"uuid": str, "start_time": str}]}
PARTICIPANT = {
    "id": str,
    "user_id": str,
    "name": str,
    "user_email": str,
    "join_time": str,
    "leave_time": str,
    "duration": int,
    "failover": bool,
    "status": str,
    "registrant_id": str,
    "bo_mtg_id": str,
}
PARTICIPANTS = {"page_size": int, "page_count": int, "next_page_token": str, "total_records": int}
PARTICIPANTS |= {"participants": [PARTICIPANT]}
ERROR = {"code": int, "message": str}


def fits(shape, thing) -> bool:
    """No field is missing, none is unknown, and each has its type."""
    if isinstance(shape, dict):
        return (
            isinstance(thing, dict) and set(thing) == set(shape) and all(fits(shape[key], thing[key]) for key in shape)
        )
    if isinstance(shape, list):
        return isinstance(thing, list) and all(fits(shape[0], each) for each in thing)
    return type(thing) is shape
