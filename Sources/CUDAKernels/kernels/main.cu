// All kernels, or with -D FT_PART those of the programs that are named, see cuda_kernels.h.
#include "cuda_kernels.h"

#if !defined(FT_PART) || defined(FT_WITH_make)
#include "make.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_copy)
#include "copy.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_unary)
#include "unary.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_test)
#include "test.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_binary)
#include "binary.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_compare)
#include "compare.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_select)
#include "select.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_reduce)
#include "reduce.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_extremes)
#include "extremes.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_softmax)
#include "softmax.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_labels)
#include "labels.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_index)
#include "index.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_scatter)
#include "scatter.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_random)
#include "random.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_update)
#include "update.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_totals)
#include "totals.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_normalize)
#include "normalize.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_product)
#include "product.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_bias)
#include "bias.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_distances)
#include "distances.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_channels)
#include "channels.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_pool)
#include "pool.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_convolution)
#include "convolution.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_attention)
#include "attention.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_recurrence)
#include "recurrence.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_steps)
#include "recurrent_steps.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_scan)
#include "scan.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_sort)
#include "sort.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_order)
#include "order.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_fused)
#include "fused.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_together)
#include "together.cu"
#endif
#if !defined(FT_PART) || defined(FT_WITH_matrices)
#include "matrices.cu"
#endif
