"""What people call the browser that they use, from what it says of itself."""

import re

# In this order: most browsers also claim to be the ones that they descend from.
_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\b(?:OPR|OPT|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Yandex", r"\bYaBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Headless)?(?:Chrome|CriOS)/"),
    ("Safari", r"\bVersion/[\d.]+ .*\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows NT\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)


def named(agent: str) -> tuple[str, str]:
    """Return browser and system as a browser's own words name them, "" for what they don't say."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, agent)), "")
    return browser, next((name for name, sign in _SYSTEMS if re.search(sign, agent)), "")


def called(agent: str) -> str:
    """Return the same as people read it: "Chrome · Android"."""
    return " · ".join(filter(None, named(agent)))
