"""For which scripts the fonts of this machine have letters. Fontconfig is asked, which finds them for PDFs as well."""

from ctypes import CDLL, POINTER, Structure, c_char_p, c_int, c_uint32, c_void_p
from ctypes.util import find_library

# Those in which people here have been seen to write their names, each by a letter of it.
SCRIPTS = {
    "Arabic": "ع",
    "Armenian": "Հ",
    "Bengali": "ব",
    "Chinese": "李",
    "Devanagari": "अ",
    "Ethiopic": "አ",
    "Georgian": "გ",
    "Gujarati": "ગ",
    "Gurmukhi": "ਗ",
    "Hebrew": "ש",
    "Japanese": "さ",
    "Khmer": "ខ",
    "Korean": "김",
    "Sinhala": "ස",
    "Tamil": "த",
    "Telugu": "త",
    "Thai": "ก",
    "Tibetan": "ཀ",
}


class _FontSet(Structure):
    _fields_ = (("count", c_int), ("room", c_int), ("fonts", c_void_p))


def scripts_without_font() -> list[str]:
    """Nothing where fontconfig is not installed: no PDF is made there at all."""
    library = _fontconfig()
    return [name for name, letter in SCRIPTS.items() if library and not _has_font(library, letter)]


def _fontconfig() -> CDLL | None:
    found = find_library("fontconfig")
    if found is None:
        return None
    library = CDLL(found)
    for name in ("FcPatternCreate", "FcCharSetCreate", "FcObjectSetCreate"):
        getattr(library, name).restype = c_void_p
    for name in ("FcPatternDestroy", "FcCharSetDestroy", "FcObjectSetDestroy"):
        getattr(library, name).argtypes = [c_void_p]
    library.FcCharSetAddChar.argtypes = [c_void_p, c_uint32]
    library.FcPatternAddCharSet.argtypes = [c_void_p, c_char_p, c_void_p]
    library.FcFontList.argtypes = [c_void_p, c_void_p, c_void_p]
    library.FcFontList.restype = POINTER(_FontSet)
    library.FcFontSetDestroy.argtypes = [POINTER(_FontSet)]
    return library


def _has_font(library: CDLL, letter: str) -> bool:
    pattern, letters, wanted = library.FcPatternCreate(), library.FcCharSetCreate(), library.FcObjectSetCreate()
    library.FcCharSetAddChar(letters, ord(letter))
    library.FcPatternAddCharSet(pattern, b"charset", letters)
    found = library.FcFontList(None, pattern, wanted)
    count = found.contents.count
    library.FcFontSetDestroy(found)
    library.FcObjectSetDestroy(wanted)
    library.FcCharSetDestroy(letters)
    library.FcPatternDestroy(pattern)
    return count > 0
