"""What can be wrong with a model folder, each case with its own error."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from locbao.features.errors import LocbaoError

_RETRAIN = "Get the folder again from where it came, or train a model with `locbao train lines -o DIR`."


class ModelFolderError(LocbaoError):
    """A model folder cannot be read or written. `folder` is its path."""

    def __init__(self, folder: Path, message: str) -> None:
        self.folder = folder
        super().__init__(message)


class NotAModel(ModelFolderError):
    """There is no model in this place."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            folder,
            f"{str(folder)!r} holds no locbao model: {reason}. Give the folder that `locbao train lines -o DIR` wrote, "
            "or no model at all to use the one that comes with locbao.",
        )


class Occupied(ModelFolderError):
    """Something that is no model stands where a model is to be saved."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            f"The model was not saved: {str(folder)!r} exists and holds other things than a model, which saving would "
            "delete. Give a new folder, or empty this one first.",
        )


class Unwritable(ModelFolderError):
    """The system did not let a model be saved."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            folder,
            f"The model was not saved to {str(folder)!r} ({error.strerror or error}), and nothing that stood there was "
            "changed. Check the folder's rights and the free space, or give another folder.",
        )


class BrokenManifest(ModelFolderError):
    """manifest.json is not what was saved."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, f"The manifest of the model in {str(folder)!r} was refused: {reason}. {_RETRAIN}")


class OtherFormat(ModelFolderError):
    """The folder has a format number that this version of locbao does not read."""

    def __init__(self, folder: Path, found: int, known: int) -> None:
        self.found = found
        cure = (
            "It comes from a newer locbao: update this one with `pip install -U locbao`."
            if found > known
            else "It comes from an older locbao: train it again with `locbao train lines -o DIR`."
        )
        super().__init__(
            folder,
            f"The model in {str(folder)!r} has format {str(found)[:20]}; this locbao reads format {known}. {cure}",
        )


class OtherVersion(ModelFolderError):
    """The model was saved by another version of a library whose models do not carry over."""

    def __init__(self, folder: Path, library: str, saved: str, installed: str, refit: Sequence[str]) -> None:
        self.library, self.saved, self.installed = library, saved, installed
        command = shlex.join(["locbao", "train", *refit, "-o", "DIR"])
        super().__init__(
            folder,
            f"The model in {str(folder)!r} was saved with {library} {saved[:20]}, but {installed} is installed, and "
            f"{library} does not promise that its models carry over. Train it again with `{command}`, or install the "
            f"old version with `pip install '{library}=={saved[:20]}'`.",
        )


class MissingFile(ModelFolderError):
    """A file that the manifest lists is not there."""

    def __init__(self, folder: Path, file: str) -> None:
        self.file = file
        super().__init__(folder, f"The model in {str(folder)!r} is not whole: {file} is missing. {_RETRAIN}")


class UnlistedFile(ModelFolderError):
    """The folder holds something that the manifest does not list."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self.names = sorted(names)
        shown = ", ".join(ascii(name[:60]) for name in self.names[:5])
        super().__init__(
            folder,
            f"The model folder {str(folder)!r} holds what its manifest does not list: {shown}. Remove it if you put it "
            f"there yourself; otherwise: {_RETRAIN}",
        )


class ChangedFile(ModelFolderError):
    """A file is not the one that was saved."""

    def __init__(self, folder: Path, file: str, reason: str) -> None:
        self.file = file
        super().__init__(
            folder, f"In the model folder {str(folder)!r}, {file} is not the file that was saved: {reason}. {_RETRAIN}"
        )
