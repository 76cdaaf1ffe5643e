// The texts that NVRTC compiles, in the program itself.
#include "cuda_kernels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
#include "headers.h"

static const char main_cu[] = {
#embed "kernels/main.cu"
    , 0
};
static const char attention_cu[] = {
#embed "kernels/attention.cu"
    , 0
};
static const char attention_keys_cuh[] = {
#embed "kernels/attention_keys.cuh"
    , 0
};
static const char attention_queries_cuh[] = {
#embed "kernels/attention_queries.cuh"
    , 0
};
static const char attention_rows_cuh[] = {
#embed "kernels/attention_rows.cuh"
    , 0
};
static const char attention_stages_cuh[] = {
#embed "kernels/attention_stages.cuh"
    , 0
};
static const char attention_tiles_cuh[] = {
#embed "kernels/attention_tiles.cuh"
    , 0
};
static const char bias_cu[] = {
#embed "kernels/bias.cu"
    , 0
};
static const char binary_cu[] = {
#embed "kernels/binary.cu"
    , 0
};
static const char boards_cuh[] = {
#embed "kernels/boards.cuh"
    , 0
};
static const char channels_cu[] = {
#embed "kernels/channels.cu"
    , 0
};
static const char common_cuh[] = {
#embed "kernels/common.cuh"
    , 0
};
static const char compare_cu[] = {
#embed "kernels/compare.cu"
    , 0
};
static const char convert_cuh[] = {
#embed "kernels/convert.cuh"
    , 0
};
static const char convolution_cu[] = {
#embed "kernels/convolution.cu"
    , 0
};
static const char copy_cu[] = {
#embed "kernels/copy.cu"
    , 0
};
static const char distances_cu[] = {
#embed "kernels/distances.cu"
    , 0
};
static const char exact_numbers_cuh[] = {
#embed "kernels/exact_numbers.cuh"
    , 0
};
static const char extremes_cu[] = {
#embed "kernels/extremes.cu"
    , 0
};
static const char extremes_cuh[] = {
#embed "kernels/extremes.cuh"
    , 0
};
static const char factors_cuh[] = {
#embed "kernels/factors.cuh"
    , 0
};
static const char functions_cuh[] = {
#embed "kernels/functions.cuh"
    , 0
};
static const char fused_cu[] = {
#embed "kernels/fused.cu"
    , 0
};
static const char fused_cuh[] = {
#embed "kernels/fused.cuh"
    , 0
};
static const char index_cu[] = {
#embed "kernels/index.cu"
    , 0
};
static const char index_cuh[] = {
#embed "kernels/index.cuh"
    , 0
};
static const char joins_cuh[] = {
#embed "kernels/joins.cuh"
    , 0
};
static const char keys_cuh[] = {
#embed "kernels/keys.cuh"
    , 0
};
static const char labels_cu[] = {
#embed "kernels/labels.cu"
    , 0
};
static const char lists_cuh[] = {
#embed "kernels/lists.cuh"
    , 0
};
static const char loops_cuh[] = {
#embed "kernels/loops.cuh"
    , 0
};
static const char make_cu[] = {
#embed "kernels/make.cu"
    , 0
};
static const char matrices_cu[] = {
#embed "kernels/matrices.cu"
    , 0
};
static const char normalize_cu[] = {
#embed "kernels/normalize.cu"
    , 0
};
static const char number_tiles_cuh[] = {
#embed "kernels/number_tiles.cuh"
    , 0
};
static const char order_cu[] = {
#embed "kernels/order.cu"
    , 0
};
static const char pairs_cuh[] = {
#embed "kernels/pairs.cuh"
    , 0
};
static const char pool_cu[] = {
#embed "kernels/pool.cu"
    , 0
};
static const char product_cu[] = {
#embed "kernels/product.cu"
    , 0
};
static const char random_cu[] = {
#embed "kernels/random.cu"
    , 0
};
static const char recurrence_cu[] = {
#embed "kernels/recurrence.cu"
    , 0
};
static const char recurrent_cells_cuh[] = {
#embed "kernels/recurrent_cells.cuh"
    , 0
};
static const char recurrent_products_cuh[] = {
#embed "kernels/recurrent_products.cuh"
    , 0
};
static const char recurrent_steps_cu[] = {
#embed "kernels/recurrent_steps.cu"
    , 0
};
static const char reduce_cu[] = {
#embed "kernels/reduce.cu"
    , 0
};
static const char reducers_cuh[] = {
#embed "kernels/reducers.cuh"
    , 0
};
static const char rows_cuh[] = {
#embed "kernels/rows.cuh"
    , 0
};
static const char scan_cu[] = {
#embed "kernels/scan.cu"
    , 0
};
static const char scatter_cu[] = {
#embed "kernels/scatter.cu"
    , 0
};
static const char select_cu[] = {
#embed "kernels/select.cu"
    , 0
};
static const char softmax_cu[] = {
#embed "kernels/softmax.cu"
    , 0
};
static const char sort_cu[] = {
#embed "kernels/sort.cu"
    , 0
};
static const char spectra_cuh[] = {
#embed "kernels/spectra.cuh"
    , 0
};
static const char tensor_cores_cuh[] = {
#embed "kernels/tensor_cores.cuh"
    , 0
};
static const char test_cu[] = {
#embed "kernels/test.cu"
    , 0
};
static const char tiles_cuh[] = {
#embed "kernels/tiles.cuh"
    , 0
};
static const char together_cu[] = {
#embed "kernels/together.cu"
    , 0
};
static const char totals_cu[] = {
#embed "kernels/totals.cu"
    , 0
};
static const char unary_cu[] = {
#embed "kernels/unary.cu"
    , 0
};
static const char update_cu[] = {
#embed "kernels/update.cu"
    , 0
};
static const char windows_cuh[] = {
#embed "kernels/windows.cuh"
    , 0
};
// The main text first.
static const struct {
    const char *name, *text;
} sources[] = {
    {"main.cu", main_cu},
    {"attention.cu", attention_cu},
    {"attention_keys.cuh", attention_keys_cuh},
    {"attention_queries.cuh", attention_queries_cuh},
    {"attention_rows.cuh", attention_rows_cuh},
    {"attention_stages.cuh", attention_stages_cuh},
    {"attention_tiles.cuh", attention_tiles_cuh},
    {"bias.cu", bias_cu},
    {"binary.cu", binary_cu},
    {"boards.cuh", boards_cuh},
    {"channels.cu", channels_cu},
    {"common.cuh", common_cuh},
    {"compare.cu", compare_cu},
    {"convert.cuh", convert_cuh},
    {"convolution.cu", convolution_cu},
    {"copy.cu", copy_cu},
    {"distances.cu", distances_cu},
    {"exact_numbers.cuh", exact_numbers_cuh},
    {"extremes.cu", extremes_cu},
    {"extremes.cuh", extremes_cuh},
    {"factors.cuh", factors_cuh},
    {"functions.cuh", functions_cuh},
    {"fused.cu", fused_cu},
    {"fused.cuh", fused_cuh},
    {"index.cu", index_cu},
    {"index.cuh", index_cuh},
    {"joins.cuh", joins_cuh},
    {"keys.cuh", keys_cuh},
    {"labels.cu", labels_cu},
    {"lists.cuh", lists_cuh},
    {"loops.cuh", loops_cuh},
    {"make.cu", make_cu},
    {"matrices.cu", matrices_cu},
    {"normalize.cu", normalize_cu},
    {"number_tiles.cuh", number_tiles_cuh},
    {"order.cu", order_cu},
    {"pairs.cuh", pairs_cuh},
    {"pool.cu", pool_cu},
    {"product.cu", product_cu},
    {"random.cu", random_cu},
    {"recurrence.cu", recurrence_cu},
    {"recurrent_cells.cuh", recurrent_cells_cuh},
    {"recurrent_products.cuh", recurrent_products_cuh},
    {"recurrent_steps.cu", recurrent_steps_cu},
    {"reduce.cu", reduce_cu},
    {"reducers.cuh", reducers_cuh},
    {"rows.cuh", rows_cuh},
    {"scan.cu", scan_cu},
    {"scatter.cu", scatter_cu},
    {"select.cu", select_cu},
    {"softmax.cu", softmax_cu},
    {"sort.cu", sort_cu},
    {"spectra.cuh", spectra_cuh},
    {"tensor_cores.cuh", tensor_cores_cuh},
    {"test.cu", test_cu},
    {"tiles.cuh", tiles_cuh},
    {"together.cu", together_cu},
    {"totals.cu", totals_cu},
    {"unary.cu", unary_cu},
    {"update.cu", update_cu},
    {"windows.cuh", windows_cuh},
    {"cuda_arguments.h", cuda_arguments_h},
    {"cuda_kernels.h", cuda_kernels_h},
    {"cuda_layers.h", cuda_layers_h},
    {"dtypes.h", dtypes_h},
    {"elementwise.h", elementwise_h},
    {"optimizers.h", optimizers_h},
    {"reductions.h", reductions_h},
    {"scalar_math.h", scalar_math_h},
    {"scalar_float.h", scalar_float_h},
    {"scalar_special.h", scalar_special_h},
    {"scalar_draws.h", scalar_draws_h},
};

int ft_cuda_source_count(void) { return sizeof(sources) / sizeof(sources[0]); }
const char *ft_cuda_source_name(int source) { return sources[source].name; }
const char *ft_cuda_source_text(int source) { return sources[source].text; }
