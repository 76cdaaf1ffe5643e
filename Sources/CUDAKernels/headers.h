// The headers that kernels share with C, as texts.
#pragma once

static const char cuda_arguments_h[] = {
#embed "include/cuda_arguments.h"
    , 0
};
static const char cuda_kernels_h[] = {
#embed "include/cuda_kernels.h"
    , 0
};
static const char cuda_layers_h[] = {
#embed "include/cuda_layers.h"
    , 0
};
static const char dtypes_h[] = {
#embed "../CKernels/include/dtypes.h"
    , 0
};
static const char elementwise_h[] = {
#embed "../CKernels/include/elementwise.h"
    , 0
};
static const char optimizers_h[] = {
#embed "../CKernels/include/optimizers.h"
    , 0
};
static const char reductions_h[] = {
#embed "../CKernels/include/reductions.h"
    , 0
};
static const char scalar_math_h[] = {
#embed "../CKernels/include/scalar_math.h"
    , 0
};
static const char scalar_float_h[] = {
#embed "../CKernels/include/scalar_float.h"
    , 0
};
static const char scalar_special_h[] = {
#embed "../CKernels/include/scalar_special.h"
    , 0
};
static const char scalar_draws_h[] = {
#embed "../CKernels/include/scalar_draws.h"
    , 0
};
