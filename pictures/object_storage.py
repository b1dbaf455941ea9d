"""Pictures in a bucket that several hosts share, at whoever speaks S3: the extra `s3` of pyproject.toml.

Visitors never meet it. The site sends its pictures on, from its own address and with its own headers: the bucket is
open to nobody, and no page asks anybody else for anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from kit.work.out_of_reach import StorageAway

# Not every server knows the newest checks of what is sent, and each knows addresses that name the bucket in the path.
ASKED = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"total_max_attempts": 2, "mode": "standard"},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
SENT = TransferConfig(use_threads=False)


class ObjectStorage(S3Storage):
    """Raises FileNotFoundError for a file that is not there, and StorageAway for all that is no answer."""

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"client_config": ASKED, "transfer_config": SENT}

    def delete(self, name: str) -> None:
        with _answered():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _answered():
            return super().listdir(name)

    def get_modified_time(self, name: str) -> datetime:
        with _answered():
            return super().get_modified_time(name)

    def _open(self, name: str, mode: str = "rb") -> File:
        """All of it by one question, where django-storages asks three."""
        with _answered():
            answer = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=name)
            return ContentFile(answer["Body"].read(), name=name)

    def _save(self, name: str, content: File) -> str:
        with _answered():
            return super()._save(name, content)


@contextmanager
def _answered() -> Iterator[None]:
    """Where the whole bucket is missing, no file is: the desk would be told to send each anew."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise FileNotFoundError(code) if code in {"NoSuchKey", "404"} else StorageAway(code) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAway(type(error).__name__) from error
