// Operands in a dtype and in double, for the CPU's kernels in double are what others are compared
// with.
#pragma once
#include "../Support/CUDAEmulator/half_types.h"
#include "check.h"

// A number rounded to what tensor cores take, by arithmetic.
inline double rounded(double x, int numbers) {
    if (numbers == FT_CUDA_EXACT || x == 0) return x;
    if (numbers != FT_CUDA_TF32) {
        bool is_bfloat = numbers == FT_CUDA_BHALVES;
        return emulator::half_number(emulator::half_bits(x, is_bfloat), is_bfloat);
    }
    int exponent;
    double mantissa = std::frexp(x, &exponent);
    return std::ldexp(std::round(std::ldexp(mantissa, 11)), exponent - 11);
}

// Whole numbers, of which sums are exact in any order.
inline void fill_whole(array &a, uint64_t seed) {
    fill(a, seed, -50, 50);
    for (int64_t i = 0; i < a.count; i++) a.set(i, std::floor(a.number(i)));
}

class twins {
  public:
    twins(int dtype, int64_t count) : own(dtype, count), copy(FT_F64, count) {}
    twins(int dtype, int64_t count, uint64_t seed, double low, double high)
        : twins(dtype, count) {
        fill(own, seed, low, high);
        for (int64_t i = 0; i < count; i++) copy.set(i, own.number(i));
    }
    void *at(int64_t index = 0) const { return own.at(index); }
    void *wide(int64_t index = 0) const { return copy.at(index); }
    void set(int64_t index, double value) {
        own.set(index, value);
        copy.set(index, own.number(index));
    }
    // By an error of float32, of which double has a millionth.
    void compare(const std::string &what, double error) const {
        std::vector<double> wanted;
        for (int64_t i = 0; i < copy.count; i++) wanted.push_back(copy.number(i));
        near_numbers(own, wanted, own.dtype == FT_F64 ? error * 1e-6 : error,
                     what + " " + dtype_names[own.dtype]);
    }
    array own, copy;
};

void test_layers();
void test_windows();
void test_attention();
void test_sequences();
void test_order();
void test_fused();
void test_matrices();
