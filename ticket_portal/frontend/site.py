"""What of the settings is fixed when the front end is built."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ticket_portal import settings

_LOCAL = "http://127.0.0.1:3000"


@dataclass(frozen=True)
class Site:
    """The portal's name and public address, as the built pages carry them."""

    company: str
    address: str
    files_per_message: int
    file_mb: int
    video_mb: int

    @property
    def name(self) -> str:
        """The name that titles end with."""
        return f"{self.company} Support"

    @property
    def values(self) -> dict[str, object]:
        """What the help articles may say of this portal."""
        return {
            "company": self.company,
            "files": self.files_per_message,
            "file_mb": self.file_mb,
            "video_mb": self.video_mb,
        }

    def title(self, title: str) -> str:
        """A page's title with the site's name."""
        return f"{title} · {self.name}"

    def url(self, path: str) -> str:
        """The public address of a page, for search engines."""
        return self.address + path


def _read() -> Site:
    found = settings.load()
    parts = urlsplit(found.public_url)
    local = parts.hostname in ("127.0.0.1", "localhost")
    # Search engines never see a local portal: one build then serves every local port.
    return Site(
        company=found.company,
        address=_LOCAL if local else f"{parts.scheme}://{parts.netloc}",
        files_per_message=found.limit_files_per_message,
        file_mb=found.limit_file_mb,
        video_mb=found.limit_video_mb,
    )


SITE = _read()
