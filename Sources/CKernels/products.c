// What a product needs, by its sizes and strides alone.
#include "kernels.h"

int64_t ft_product_space(const ft_product *p, int64_t rows) {
    if (p->a_column == 1 || ft_product_is_of_dots(p)) return 0;
    int64_t runs = ft_runs(p->k);
    int64_t depth = (p->k + runs - 1) / runs;
    return (rows < FT_PRODUCT_ROWS ? rows : FT_PRODUCT_ROWS) * (depth + 16) *
           (p->dtype == FT_F32 ? 4 : 8);
}
