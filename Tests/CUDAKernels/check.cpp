#include "check.h"

#include <cstdarg>
#include <cstdlib>

#include "../Support/CUDAEmulator/half_types.h"

static int failure_count = 0;
void fail(const char *format, ...) {
    if (++failure_count > 20) return;
    va_list list;
    va_start(list, format);
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, format, list);
    fprintf(stderr, "\n");
    va_end(list);
}
int failures() { return failure_count; }

#define FT_ONE(name, suffix, type, ...) sizeof(type),
const int dtype_sizes[13] = {FT_DTYPES(FT_ONE)};
#undef FT_ONE
#define FT_ONE(name, ...) #name,
const char *const dtype_names[13] = {FT_DTYPES(FT_ONE)};
#undef FT_ONE
const uint64_t orders[3] = {0, 1, 7};

double array::number(int64_t index) const {
    switch (dtype) {
    case FT_F16: return emulator::half_number(*at<uint16_t>(index), false);
    case FT_BF16: return emulator::half_number(*at<uint16_t>(index), true);
#define FT_ONE(name, suffix, type, ...)                                                            \
    case FT_##name: return (double)*at<type>(index);
        FT_REAL_DTYPES(FT_ONE) FT_INTEGER_DTYPES(FT_ONE) FT_ONE(BOOL, bool, uint8_t)
#undef FT_ONE
    }
    return 0;
}

void array::set(int64_t index, double value) {
    switch (dtype) {
    case FT_F16: *at<uint16_t>(index) = emulator::half_bits(value, false); break;
    case FT_BF16: *at<uint16_t>(index) = emulator::half_bits(value, true); break;
    case FT_BOOL: *at<uint8_t>(index) = value != 0; break;
    case FT_U64: *at<uint64_t>(index) = value < 0 ? 0 : (uint64_t)value; break;
#define FT_ONE(name, suffix, type, ...)                                                            \
    case FT_##name: *at<type>(index) = (type)value; break;
        FT_ONE(F32, f32, float) FT_ONE(F64, f64, double) FT_ONE(I8, i8, int8_t)
        FT_ONE(U8, u8, uint8_t) FT_ONE(I16, i16, int16_t) FT_ONE(U16, u16, uint16_t)
        FT_ONE(I32, i32, int32_t) FT_ONE(U32, u32, uint32_t) FT_ONE(I64, i64, int64_t)
#undef FT_ONE
    }
}

// Steele, Lea, Flood: Fast splittable pseudorandom number generators. OOPSLA 2014.
uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

void fill(const array &a, uint64_t seed, double low, double high, bool specials) {
    const double special[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e-40, 1};
    array &to = const_cast<array &>(a);
    for (int64_t i = 0; i < a.count; i++) {
        uint64_t bits = next_random(&seed);
        double unit = (double)(bits >> 11) * 0x1p-53, value = low + unit * (high - low);
        if (!is_float(a.dtype)) value = std::floor(value);
        if (specials && bits % 16 == 0) value = is_float(a.dtype) ? special[bits / 16 % 7] : 0;
        if (a.dtype == FT_BOOL) value = (double)(bits % 2);
        if (!is_float(a.dtype) && low < 0 && dtype_sizes[a.dtype] <= 8) {
            const bool signless[] = {0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0};
            if (signless[a.dtype] && value < 0) value = -value;
        }
        to.set(i, value);
    }
}

int64_t product_of(const list &sizes) {
    int64_t product = 1;
    for (int64_t size : sizes) product *= size;
    return product;
}
list row_major(const list &sizes) {
    list strides(sizes.size());
    int64_t step = 1;
    for (size_t d = sizes.size(); d-- > 0; step *= sizes[d]) strides[d] = step;
    return strides;
}

operand::operand(int dtype, const list &sizes, const list &strides, int64_t before)
    : strides(strides) {
    int64_t low = 0, high = 0;
    for (size_t d = 0; d < sizes.size(); d++) {
        int64_t reach = sizes[d] == 0 ? 0 : (sizes[d] - 1) * strides[d];
        (reach < 0 ? low : high) += reach;
    }
    bool none = product_of(sizes) == 0;
    memory = std::make_unique<array>(dtype, none ? 0 : before + high - low + 1);
    first = none ? 0 : before - low;
}

ft_cuda_loop make_loop(const list &sizes, const list &a, const list &b, const list &c) {
    ft_cuda_loop loop = {};
    loop.rank = (long long)sizes.size();
    loop.count = product_of(sizes);
    for (size_t d = 0; d < sizes.size(); d++) {
        loop.dims[d] = sizes[d];
        loop.a[d] = a[d];
        loop.b[d] = b.empty() ? 0 : b[d];
        loop.c[d] = c.empty() ? 0 : c[d];
    }
    return loop;
}

ft_loop cpu_loop(const ft_cuda_loop &loop) {
    ft_loop made = {};
    made.rank = loop.rank;
    for (int d = 0; d < loop.rank; d++) {
        made.dims[d] = loop.dims[d];
        made.a[d] = loop.a[d];
        made.b[d] = loop.b[d];
        made.c[d] = loop.c[d];
    }
    return made;
}

void same_bits(const array &got, const array &wanted, const std::string &what) {
    int size = dtype_sizes[got.dtype];
    for (int64_t i = 0; i < wanted.count; i++) {
        if (memcmp(got.at(i), wanted.at(i), (size_t)size) == 0) continue;
        double x = got.number(i), y = wanted.number(i);
        if (x != x && y != y) continue;
        fail("%s [%lld of %lld]: %.17g, not %.17g", what.c_str(), (long long)i,
             (long long)wanted.count, x, y);
        return;
    }
}

void near_numbers(const array &got, const std::vector<double> &wanted, double error,
                  const std::string &what) {
    for (size_t i = 0; i < wanted.size(); i++) {
        double x = got.number((int64_t)i), y = wanted[i];
        if (x == y || (x != x && y != y)) continue;
        if (std::fabs(x - y) <= error * std::fmax(1, std::fabs(y))) continue;
        fail("%s [%zu of %zu]: %.17g, not %.17g", what.c_str(), i, wanted.size(), x, y);
        return;
    }
}
