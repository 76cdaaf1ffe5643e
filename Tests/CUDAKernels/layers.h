// Operands in a dtype and in double, for the CPU's kernels in double are what others are compared
// with.
#pragma once
#include "check.h"

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
