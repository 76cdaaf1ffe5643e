// What operations are called, which dtypes have them, and how reductions are planned.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "kernel_arguments.h"

// What elementwise operations are called.
const char *_Nonnull ft_unary_name(int op);
const char *_Nonnull ft_test_name(int op);
const char *_Nonnull ft_binary_name(int op);
const char *_Nonnull ft_compare_name(int op);

// How many states a rule of optimizers.h has.
int ft_rule_slots(int rule);
const char *_Nonnull ft_rule_name(int rule);

// Makes a reduction ready for axes, and gives it one; those of size 1 are left out.
void ft_reduction_begin(ft_reduction *_Nonnull reduction);
void ft_reduction_axis(ft_reduction *_Nonnull reduction, bool is_reduced, int64_t size, int64_t a,
    int64_t b, int64_t c);
// Merges axes and decides on cuts, by sizes and strides alone.
void ft_reduction_plan(ft_reduction *_Nonnull reduction);

// What reductions are called, the dtype of the result, and the result of no elements, which is
// infinite where there is none.
const char *_Nonnull ft_reduction_name(int op);
int ft_reduction_result(int op, int dtype);
double ft_reduction_of_nothing(int op);
// Whether there is one for elements of this dtype.
bool ft_reduction_has(int op, int dtype);

// Whether integers of this dtype have an elementwise operation; floats have all of them.
bool ft_unary_has(int op, int dtype);
bool ft_binary_has(int op, int dtype);
