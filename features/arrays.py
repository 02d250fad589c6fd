"""The types of numpy arrays that the project passes around; the shapes stand in the docstrings."""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
HashArray = npt.NDArray[np.uint64]
CodeArray = npt.NDArray[np.uint32]  # code points
ByteArray = npt.NDArray[np.uint8]
