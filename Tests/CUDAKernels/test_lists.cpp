// Kernels of many arrays: optimizers, norms, whether all is finite.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);
const int64_t counts[] = {5, 0, 4096, 1, 9000, 33};
enum { ARRAYS = sizeof(counts) / sizeof(counts[0]) };

// Arrays with their table. Parts lie one element off where `offset` is 1.
struct setting {
    std::vector<std::unique_ptr<array>> parts;
    std::vector<ft_cuda_array> table;
    ft_cuda_list list = {};

    setting(int dtype, int width, int64_t offset) {
        long long piece = 0;
        for (int k = 0; k < ARRAYS; k++) {
            ft_cuda_array entry = {};
            for (int part = 0; part < width; part++) {
                parts.push_back(std::make_unique<array>(dtype, counts[k] + offset));
                fill(*parts.back(), (uint64_t)(k * 5 + part), part > 1 ? 0.01 : -1, 1);
                entry.at[part] = parts.back()->at(offset);
            }
            entry.count = counts[k];
            entry.first_piece = piece;
            entry.dtype = dtype;
            piece += (counts[k] + FT_CUDA_PIECE - 1) / FT_CUDA_PIECE;
            table.push_back(entry);
        }
        list.arrays = table.data();
        list.array_count = ARRAYS;
        list.pieces = piece;
        list.dtype = dtype;
    }
};

void check_update(int rule, int dtype, bool clips, int64_t offset, uint64_t order) {
    int width = 2 + ft_rule_slots(rule);
    setting got(dtype, width, offset), wanted(dtype, width, offset);
    array numbers(FT_F64, FT_RULE_NUMBERS), clip(FT_F64, ARRAYS);
    fill(numbers, 1, 0.1, 0.9);
    fill(clip, 2, 0.5, 1);
    got.list.rule = rule;
    got.list.numbers = numbers.at<double>();
    got.list.clip = clips ? clip.at<double>() : nullptr;
    got.list.clip_stride = 1;
    launch(FT_KERNEL_update, got.list, order);
    for (int k = 0; k < ARRAYS; k++) {
        cpu.update(rule, dtype, counts[k], numbers.at<double>(), clips ? clip.number(k) : 1,
                   wanted.table[(size_t)k].at);
    }
    for (size_t k = 0; k < got.parts.size(); k++) {
        same_bits(*got.parts[k], *wanted.parts[k], std::string("update ") + ft_rule_name(rule));
    }
}

void check_gate() {
    setting s(FT_F32, 2, 0), before(FT_F32, 2, 0);
    array numbers(FT_F64, FT_RULE_NUMBERS), gate(FT_BOOL, 1);
    fill(numbers, 1, 0.1, 0.9);
    gate.set(0, 0);
    s.list.numbers = numbers.at<double>();
    s.list.gate = gate.at<unsigned char>();
    launch(FT_KERNEL_update, s.list, 0);
    same_bits(*s.parts[0], *before.parts[0], "a gate that is shut");
    gate.set(0, 1);
    launch(FT_KERNEL_update, s.list, 0);
    if (s.parts[0]->number(0) == before.parts[0]->number(0)) fail("a gate that is open");
}

void check_norm(int dtype, bool each, uint64_t order) {
    setting s(dtype, 1, 0);
    array partial(FT_F64, s.list.pieces), out(FT_F64, each ? (int64_t)ARRAYS : 1);
    std::vector<double> wanted((size_t)out.count, 0);
    for (size_t k = 0; k < ARRAYS; k++) {
        for (int64_t i = 0; i < counts[k]; i++) {
            wanted[each ? k : 0] += std::pow(s.parts[k]->number(i), 2);
        }
    }
    s.list.each = each;
    s.list.out = partial.at();
    launch(FT_KERNEL_squared_norm, s.list, order);
    s.list.partial = partial.at<double>();
    s.list.out = out.at();
    launch(FT_KERNEL_squared_norm_join, s.list, order);
    near_numbers(out, wanted, 1e-12, "squared norm");
}

void check_finite(int dtype, uint64_t order) {
    setting s(dtype, 1, 0);
    array out(FT_BOOL, 1);
    s.list.out = out.at();
    out.set(0, 1);
    launch(FT_KERNEL_all_finite, s.list, order);
    if (out.number(0) != 1) fail("all are finite");
    for (double bad : {(double)NAN, (double)INFINITY, -(double)INFINITY}) {
        s.parts[4]->set(8999, bad);
        out.set(0, 1);
        launch(FT_KERNEL_all_finite, s.list, order);
        if (out.number(0) != 0) fail("not all are finite");
    }
}
}  // namespace

void test_lists() {
    uint64_t turn = 0;
    for (int rule = 0; rule < FT_RULE_COUNT; rule++) {
        for (int dtype : {FT_F32, FT_F64}) {
            check_update(rule, dtype, turn % 2 == 0, (int64_t)(turn / 2 % 2), orders[turn % 3]);
            check_update(rule, dtype, turn % 2 == 1, (int64_t)(turn / 2 % 2), orders[turn % 3]);
            turn++;
        }
    }
    check_gate();
    for (int dtype = 0; dtype <= FT_BF16; dtype++) {
        check_norm(dtype, false, orders[turn % 3]);
        check_norm(dtype, true, orders[turn % 3]);
        check_finite(dtype, orders[turn++ % 3]);
    }
}
