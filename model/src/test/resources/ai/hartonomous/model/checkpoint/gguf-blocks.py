"""Writes gguf-blocks.json: blocks of GGUF's number formats and what gguf-py decodes them to.

Made with Python 3.11, numpy 2.4.6 and gguf 0.19.0, seed 5: python3 gguf-blocks.py > gguf-blocks.json
"""

import json

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

random = np.random.default_rng(5)
cases = []
for type, size, bytes, halves in (
    (Type.Q8_0, 32, 34, [0]),
    (Type.Q4_0, 32, 18, [0]),
    (Type.Q4_K, 256, 144, [0, 2]),
    (Type.Q6_K, 256, 210, [208]),
):
    block = random.integers(0, 256, size=(1, bytes), dtype=np.uint8)
    for at in halves:
        block[0, at : at + 2] = random.normal(size=1).astype(np.float16).view(np.uint8)
    numbers = quants.dequantize(block, type).astype(np.float32)[0]
    cases.append(
        {"type": type.name, "block": block.tobytes().hex(), "numbers": [float(x) for x in numbers]}
    )
for type in (Type.Q8_0, Type.Q4_0):
    numbers = random.normal(size=(1, 32)).astype(np.float32)
    block = quants.quantize(numbers, type)
    cases.append(
        {
            "type": type.name,
            "encodes": [float(x) for x in numbers[0]],
            "block": block.tobytes().hex(),
        }
    )
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
