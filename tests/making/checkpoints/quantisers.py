"""Quantisers written from the published formulas, in torch, with no code of weighin.

Source:
    GPTQ packing: AutoGPTQ, nn_modules/qlinear/qlinear_cuda_old.py (`pack`). AWQ packing: AutoAWQ,
    modules/linear/gemm.py (`from_linear`, order_map 0 2 4 6 1 3 5 7). nf4 and fp4 tables:
    bitsandbytes, functional.py (`get_4bit_type`); the state: `QuantState.as_dict(packed=True)`.
    FP8: compressed-tensors (`weight_scale`), DeepSeek-V3, inference/kernel.py (`weight_scale_inv`).
    FP4: OCP MX 1.0, table 5 (E2M1) and section 6.3 (the exponent of a block); Model-Optimizer,
    qtensor/nvfp4_tensor.py (`quantize`); compressed-tensors, compressors/nvfp4 (the global scale
    divides) and compressors/mx_utils.py (exponents as bytes); openai/gpt-oss: `_blocks`, `_scales`.
"""

import json

import torch

NF4 = [
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
]
FP4 = [0, 0.0052083333, 0.6666667, 1.0, 0.33333333, 0.5, 0.16666667, 0.25]
FP4 = FP4 + [-number for number in FP4]


E2M1 = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
E2M1 = E2M1 + [-number for number in E2M1]


def words(codes: torch.Tensor, bits: int) -> torch.Tensor:
    """Codes of the first axis packed into int32, the first into the lowest bits."""
    each = 32 // bits
    packed = torch.zeros(codes.shape[0] // each, codes.shape[1], dtype=torch.int64)
    for number in range(each):
        packed |= codes[number::each].long() << (bits * number)
    return torch.where(packed >= 2**31, packed - 2**32, packed).int()


def affine(weight, bits, group_of):
    """Codes, zero points and scales of asymmetric rounding; `weight` is outputs x inputs."""
    most = 2**bits - 1
    groups = int(group_of.max()) + 1
    scales = torch.empty(groups, weight.shape[0])
    zeros = torch.empty(groups, weight.shape[0])
    for number in range(groups):
        part = weight[:, group_of == number].float()
        least, largest = part.amin(1).clamp(max=0), part.amax(1).clamp(min=0)
        scales[number] = ((largest - least) / most).half().float()
        # Zero would be stored as -1.
        zeros[number] = (-least / scales[number]).round().clamp(1, most)
    codes = (weight.float() / scales[group_of].T + zeros[group_of].T).round().clamp(0, most)
    return codes, zeros, scales


def gptq(stem, weight, *, bits=4, group=32, act_order=False, is_v2=False):
    group_of = torch.arange(weight.shape[1]) // group
    if act_order:
        group_of = group_of[
            torch.randperm(len(group_of), generator=torch.Generator().manual_seed(0))
        ]
    codes, zeros, scales = affine(weight, bits, group_of)
    values = scales[group_of].T * (codes - zeros[group_of].T)
    return values, {
        f"{stem}.qweight": words(codes.T.contiguous(), bits),
        f"{stem}.qzeros": words((zeros - (0 if is_v2 else 1)).T.contiguous(), bits).T,
        f"{stem}.scales": scales.half(),
        f"{stem}.g_idx": group_of.int(),
    }


def awq(stem, weight, *, group=32):
    group_of = torch.arange(weight.shape[1]) // group
    codes, zeros, scales = affine(weight, 4, group_of)
    values = scales[group_of].T * (codes - zeros[group_of].T)
    order = [0, 2, 4, 6, 1, 3, 5, 7]

    def packed(numbers):  # inputs x outputs
        columns = numbers.reshape(numbers.shape[0], -1, 8)[:, :, order].reshape(numbers.shape)
        return words(columns.T.contiguous(), 4).T

    return values, {
        f"{stem}.qweight": packed(codes.T),
        f"{stem}.qzeros": packed(zeros),
        f"{stem}.scales": scales.half(),
    }


def blockwise(stem, weight, *, scheme="nf4", block=64, nested=False):
    table = torch.tensor(NF4 if scheme == "nf4" else FP4)
    numbers = weight.float().reshape(-1, block)
    scales = numbers.abs().amax(1)
    beside = {}
    state = {"quant_type": scheme, "blocksize": block, "shape": list(weight.shape)}
    stored = scales
    if nested:
        offset = scales.mean()
        inner = (scales - offset).reshape(-1, 256) if len(scales) % 256 == 0 else None
        inner = (scales - offset)[None] if inner is None else inner
        outer = inner.abs().amax(1)
        code = torch.linspace(-1, 1, 256)
        nearest = (inner / outer[:, None])[..., None].sub(code).abs().argmin(-1)
        stored = nearest.reshape(-1).to(torch.uint8)
        scales = (code[nearest] * outer[:, None]).reshape(-1) + offset
        beside = {"nested_absmax": outer, "nested_quant_map": code}
        state |= {
            "nested_blocksize": inner.shape[1],
            "nested_offset": offset.item(),
            "nested_dtype": "float32",
        }
    codes = (numbers / scales[:, None])[..., None].sub(table).abs().argmin(-1)
    values = (table[codes] * scales[:, None]).reshape(weight.shape)
    codes = codes.reshape(-1, 2)
    text = json.dumps({**state, "dtype": "bfloat16"}).encode()
    key = f"{stem}.weight.quant_state.bitsandbytes__{scheme}"
    return values, {
        f"{stem}.weight": ((codes[:, 0] << 4) | codes[:, 1]).to(torch.uint8)[:, None],
        f"{stem}.weight.absmax": stored,
        f"{stem}.weight.quant_map": table,
        key: torch.frombuffer(bytearray(text), dtype=torch.uint8),
        **{f"{stem}.weight.{part}": tensor for part, tensor in beside.items()},
    }


def int8(stem, weight):
    scales = weight.float().abs().amax(1)
    codes = (weight.float() / scales[:, None] * 127).round().to(torch.int8)
    return codes.float() * (scales / 127)[:, None], {
        f"{stem}.weight": codes,
        f"{stem}.SCB": scales,
        f"{stem}.weight_format": torch.tensor(0, dtype=torch.uint8),
    }


def float8(stem, weight, *, cut="row", dtype=torch.float8_e4m3fn):
    most = torch.finfo(dtype).max
    numbers = weight.float()
    rows, columns = numbers.shape
    if cut == "tensor":
        scales = numbers.abs().max().reshape(1) / most
        spread = scales.expand(rows, columns)
    elif cut == "row":
        scales = numbers.abs().amax(1, keepdim=True) / most
        spread = scales.expand(rows, columns)
    else:
        down, across = -(-rows // 128), -(-columns // 128)
        scales = torch.zeros(down, across)
        for i in range(down):
            for j in range(across):
                block = numbers[i * 128 : (i + 1) * 128, j * 128 : (j + 1) * 128]
                scales[i, j] = block.abs().max() / most
        spread = scales.repeat_interleave(128, 0)[:rows].repeat_interleave(128, 1)[:, :columns]
    codes = (numbers / spread).to(dtype)
    suffix = "weight_scale_inv" if cut == "block" else "weight_scale"
    tensors = {f"{stem}.weight": codes, f"{stem}.{suffix}": scales}
    if cut != "block":
        tensors[f"{stem}.input_scale"] = torch.ones(1)
    return codes.float() * spread, tensors


def pack_quantised(stem, weight, *, group=32):
    numbers = weight.float().reshape(weight.shape[0], -1, group)
    scales = (numbers.abs().amax(2) / 7).bfloat16().float()
    codes = (numbers / scales[..., None]).round().clamp(-8, 7)
    values = (codes * scales[..., None]).reshape(weight.shape)
    unsigned = (codes.reshape(weight.shape) + 8).T.contiguous()
    return values, {
        f"{stem}.weight_packed": words(unsigned, 4).T,
        f"{stem}.weight_scale": scales.bfloat16(),
        f"{stem}.weight_shape": torch.tensor(list(weight.shape)),
    }


def pack_quantised_asymmetric(stem, weight, *, group=32):
    """Zero points are packed over the outputs, as llm-compressor makes them for AWQ."""
    group_of = torch.arange(weight.shape[1]) // group
    codes, zeros, scales = affine(weight, 4, group_of)
    scales = scales.bfloat16().float()
    values = (codes - zeros[group_of].T) * scales[group_of].T
    return values, {
        f"{stem}.weight_packed": words(codes.T.contiguous(), 4).T,
        f"{stem}.weight_scale": scales.T.bfloat16(),
        f"{stem}.weight_zero_point": words(zeros.T.contiguous(), 4),
        f"{stem}.weight_shape": torch.tensor(list(weight.shape)),
    }


def nibbles(numbers, scales):
    """Codes of blocks of numbers, two a byte, the first in the lower half; and what they are."""
    table = torch.tensor(E2M1)
    safe = torch.where(scales > 0, scales, torch.ones_like(scales))
    codes = (numbers / safe[..., None])[..., None].sub(table).abs().argmin(-1)
    packed = (codes[..., 0::2] | (codes[..., 1::2] << 4)).to(torch.uint8)
    return packed, table[codes] * scales[..., None]


def exponents(numbers, most=4.0):
    """Of each block the power of two that brings its largest number below twice `most`."""
    largest = numbers.abs().amax(-1).clamp(min=2.0**-100)
    return torch.floor(torch.log2(largest / most)).int()


def mxfp4(stem, weight, *, group=32, key="weight_packed"):
    numbers = weight.float().reshape(*weight.shape[:-1], -1, group)
    powers = exponents(numbers)
    packed, values = nibbles(numbers, torch.exp2(powers.float()))
    return values.reshape(weight.shape), {
        f"{stem}.{key}": packed.flatten(-2),
        f"{stem}.weight_scale": (powers + 127).to(torch.uint8),
    }


def mxfp4_stack(stem, weight):
    """Experts x outputs x inputs, as gpt-oss releases them."""
    values, packed = mxfp4(stem, weight)
    blocks = packed[f"{stem}.weight_packed"].unflatten(-1, (-1, 16))
    return values, {f"{stem}_blocks": blocks, f"{stem}_scales": packed[f"{stem}.weight_scale"]}


def nvfp4(stem, weight, *, maker="modelopt", group=16):
    numbers = weight.float().reshape(weight.shape[0], -1, group)
    whole = numbers.abs().max() / (6 * 448)
    if maker == "modelopt":
        scales = (numbers.abs().amax(2) / (6 * whole)).to(torch.float8_e4m3fn)
        packed, values = nibbles(numbers, scales.float() * whole)
        keys, beside = ("weight", "weight_scale_2", "input_scale"), whole.clone()
    else:
        beside = (1 / whole).reshape(1)
        scales = (numbers.abs().amax(2) / 6 * beside).to(torch.float8_e4m3fn)
        packed, values = nibbles(numbers, scales.float() / beside)
        keys = ("weight_packed", "weight_global_scale", "input_global_scale")
    codes, factor, activations = keys
    return values.reshape(weight.shape), {
        f"{stem}.{codes}": packed.flatten(1),
        f"{stem}.weight_scale": scales,
        f"{stem}.{factor}": beside,
        f"{stem}.{activations}": torch.ones_like(beside),
    }


def nvfp4_awq(stem, weight):
    """Inputs are scaled, and the weight the other way, before it is quantised."""
    factors = torch.exp2(torch.linspace(-1, 1, weight.shape[1])).bfloat16().float()
    values, parts = nvfp4(stem, weight.float() * factors)
    inverse = (1 / factors).bfloat16()
    return (values * inverse.float()), {**parts, f"{stem}.pre_quant_scale": inverse}


def mxfp8(stem, weight, *, group=32):
    numbers = weight.float().reshape(weight.shape[0], -1, group)
    powers = exponents(numbers, 256.0)
    scales = torch.exp2(powers.float())[..., None]
    codes = (numbers / scales).to(torch.float8_e4m3fn)
    return (codes.float() * scales).reshape(weight.shape), {
        f"{stem}.weight": codes.reshape(weight.shape),
        f"{stem}.weight_scale": (powers + 127).to(torch.uint8),
    }


def bit_string(codes, bits):
    """Codes of the last axis as one string of bits, cut into words of 32: no loop over words."""
    rows = []
    for row in codes.reshape(-1, codes.shape[-1]).tolist():
        number = sum(int(code) << (bits * place) for place, code in enumerate(row))
        rows.append([(number >> (32 * n)) & 0xFFFFFFFF for n in range(len(row) * bits // 32)])
    return torch.tensor(rows, dtype=torch.int64).reshape(*codes.shape[:-1], -1)


def gptq_of_3_bits(stem, weight, *, group=32):
    group_of = torch.arange(weight.shape[1]) // group
    codes, zeros, scales = affine(weight, 3, group_of)
    values = scales[group_of].T * (codes - zeros[group_of].T)

    def packed(numbers):
        found = bit_string(numbers, 3)
        return torch.where(found >= 2**31, found - 2**32, found).int()

    return values, {
        f"{stem}.qweight": packed(codes).T,
        f"{stem}.qzeros": packed((zeros - 1).clamp(0)),
        f"{stem}.scales": scales.half(),
        f"{stem}.g_idx": group_of.int(),
    }


def mlx(stem, weight, *, bits=4, group=32):
    """Affine packing of a matrix or a stack; scales and biases in float32."""
    numbers = weight.float().reshape(*weight.shape[:-1], -1, group)
    least, largest = numbers.amin(-1), numbers.amax(-1)
    scales = (largest - least) / (2**bits - 1)
    codes = ((numbers - least[..., None]) / scales[..., None]).round().clamp(0, 2**bits - 1)
    values = codes * scales[..., None] + least[..., None]
    return values.reshape(weight.shape), {
        f"{stem}.weight": bit_string(codes.reshape(weight.shape), bits).to(torch.uint32),
        f"{stem}.scales": scales,
        f"{stem}.biases": least.contiguous(),
    }
