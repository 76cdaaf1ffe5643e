// Tools of the kernels' tests: operands of all dtypes and layouts, launches in three orders of
// threads, comparisons.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "cuda_emulator.h"
#include "cuda_kernels.h"
extern "C" {
#include "ckernels.h"
}

// Counts failures and says the first few of them.
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int failures();

extern const int dtype_sizes[13];
extern const char *const dtype_names[13];
inline bool is_float(int dtype) { return dtype <= FT_BF16; }

// Memory of exactly so many elements, so that the address sanitizer sees what lies outside.
class array {
  public:
    array(int dtype, int64_t count) : dtype(dtype), count(count) {
        memory = (char *)malloc((size_t)(count * dtype_sizes[dtype]) + (count == 0));
        clear();
    }
    ~array() { free(memory); }
    array(const array &) = delete;

    template <class T = void> T *at(int64_t index = 0) const {
        return (T *)(memory + index * dtype_sizes[dtype]);
    }
    double number(int64_t index) const;
    void set(int64_t index, double value);
    // NaN everywhere, or all ones.
    void clear() { memset(memory, 0xff, (size_t)(count * dtype_sizes[dtype])); }
    const int dtype;
    const int64_t count;

  private:
    char *memory;
};

// Numbers of a sequence of its own for each seed; among floats NaN, infinities and zeros if
// `specials`.
void fill(const array &a, uint64_t seed, double low, double high, bool specials = false);
uint64_t next_random(uint64_t *state);

// Sizes of axes and the strides of an operand in them.
typedef std::vector<int64_t> list;
int64_t product_of(const list &sizes);
list row_major(const list &sizes);

// An operand of a shape with given strides, in memory that just holds it.
struct operand {
    operand(int dtype, const list &sizes, const list &strides, int64_t before = 0);
    void *start() const { return memory->at(first); }
    std::unique_ptr<array> memory;
    list strides;
    int64_t first;
};

ft_cuda_loop make_loop(const list &sizes, const list &a, const list &b = {}, const list &c = {});
ft_loop cpu_loop(const ft_cuda_loop &loop);

// Runs a kernel with as many blocks as it asks for, at most `most`; not at all where it asks for
// none.
template <class Arguments>
void launch(int kernel, const Arguments &arguments, uint64_t order, unsigned most = 5) {
    static_assert(sizeof(Arguments) < 4000);
    if ((int)sizeof(Arguments) != ft_cuda_kernel_bytes(kernel)) fail("a structure's size");
    ft_emulator_set_order(order);
    long long blocks = ft_cuda_blocks(kernel, &arguments);
    if (blocks <= 0) return;
    unsigned grid = blocks < most ? (unsigned)blocks : most;
    int code = ft_emulator_launch(ft_cuda_kernel_name(kernel), grid, FT_CUDA_THREADS, &arguments);
    if (code != 0) fail("%s: code %d", ft_cuda_kernel_name(kernel), code);
}
extern const uint64_t orders[3];

// Whether two arrays hold the same bits, any NaN being like any other.
void same_bits(const array &got, const array &wanted, const std::string &what);
// Whether elements agree with numbers up to a relative error, or an absolute one of that size.
void near_numbers(const array &got, const std::vector<double> &wanted, double error,
                  const std::string &what);

void test_elementwise();
void test_copies();
void test_reductions();
void test_rows();
void test_labels();
void test_indices();
void test_random();
void test_lists();
void test_driver();
void test_faults();
