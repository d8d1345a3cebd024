"""Writes the weights of a GGUF file in another type, so that llama.cpp has a fair peer of each of our variants.

usage: python requantise.py FROM.gguf TO.gguf Q8_0|F32
"""
import sys

import gguf
import numpy

source, target, kind = sys.argv[1:4]
kind = gguf.GGMLQuantizationType[kind]
reader = gguf.GGUFReader(source)
writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
for field in reader.fields.values():
    if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
        continue
    inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
    writer.add_key_value(field.name, field.contents(), field.types[0], inner)
writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if kind == gguf.GGMLQuantizationType.Q8_0 else gguf.LlamaFileType.ALL_F32)
for tensor in reader.tensors:
    values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1])
    if len(tensor.shape) > 1 and kind == gguf.GGMLQuantizationType.Q8_0:
        writer.add_tensor(tensor.name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    else:
        writer.add_tensor(tensor.name, numpy.ascontiguousarray(values, dtype=numpy.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
