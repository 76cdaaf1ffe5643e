// Random numbers against the CPU's, to the bit. The CPU's are those of an instruction set that
// joins products to sums, which normal numbers rest on.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(ft_isa_best());
const uint64_t seed = 0x123456789abcdefu, stream = 77;

ft_cuda_random arguments(int dtype, int64_t count, uint64_t block, const array &out, double first,
                         double second) {
    ft_cuda_random r = {};
    r.out = out.at();
    r.seed = seed, r.stream = stream, r.block = block;
    r.count = count;
    r.dtype = dtype;
    r.first = first;
    r.second = second;
    r.last = ft_cuda_largest_below(dtype, first, second);
    return r;
}

void check_words(int64_t count, uint64_t block, uint64_t order) {
    array out(FT_U32, count), wanted(FT_U32, count);
    ft_cuda_random r = arguments(FT_U32, count, block, out, 0, 0);
    launch(FT_KERNEL_words, r, order);
    cpu.philox_words(seed, stream, block, 0, count, wanted.at<uint32_t>());
    same_bits(out, wanted, "words");
}

void check_uniform(int dtype, int64_t count, uint64_t block, double low, double high,
                   uint64_t order) {
    array out(dtype, count), wanted(dtype, count);
    ft_cuda_random r = arguments(dtype, count, block, out, low, high);
    launch(FT_KERNEL_uniform, r, order);
    cpu.random_uniform(dtype, seed, stream, block, 0, count, low, high, wanted.at());
    same_bits(out, wanted, std::string("uniform ") + dtype_names[dtype]);
}

void check_normal(int dtype, int64_t count, uint64_t block, uint64_t order) {
    array out(dtype, count), wanted(dtype, count);
    ft_cuda_random r = arguments(dtype, count, block, out, 0.25, 1.5);
    launch(FT_KERNEL_normal, r, order);
    cpu.random_normal(dtype, seed, stream, block, 0, count, 0.25, 1.5, wanted.at());
    if (!ft_isa_fuses(ft_isa_best())) return;
    same_bits(out, wanted, std::string("normal ") + dtype_names[dtype]);
}

void check_dropout(int dtype, int64_t count, uint64_t block, double rate, uint64_t order) {
    array x(dtype, count), out(dtype, count), wanted(dtype, count);
    fill(x, 5, -4, 4, true);
    ft_cuda_random r = arguments(dtype, count, block, out, rate, 0);
    r.x = x.at();
    launch(FT_KERNEL_dropout, r, order);
    cpu.dropout(dtype, seed, stream, block, 0, count, rate, x.at(), wanted.at());
    same_bits(out, wanted, std::string("dropout ") + dtype_names[dtype]);
}
}  // namespace

void test_random() {
    uint64_t turn = 0;
    for (int64_t count : {0, 1, 2, 3, 5, 64, 1001, 20000}) {
        for (uint64_t block : {0ull, 5ull, 0xfffffffeull}) {
            uint64_t order = orders[turn++ % 3];
            check_words(count, block, order);
            for (int dtype = 0; dtype <= FT_BF16; dtype++) {
                check_uniform(dtype, count, block, -2, 3, order);
                check_uniform(dtype, count, block, 0, 1, order);
                check_uniform(dtype, count, block, -0.001, 0, order);
                check_normal(dtype, count, block, order);
                check_dropout(dtype, count, block, 0.3, order);
                check_dropout(dtype, count, block, 0, order);
            }
        }
    }
}
