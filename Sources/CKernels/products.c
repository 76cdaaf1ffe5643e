// What a product needs, by its sizes and strides alone.
#include "kernels.h"

int64_t ft_product_space(const ft_product *p, int64_t rows) {
    int64_t size = p->dtype == FT_F32 ? 4 : 8;
    if (ft_product_is_of_dots(p)) {
        bool has_few = ft_product_has_few_columns(p);
        int64_t many_step = has_few ? p->a_column : p->b_row;
        int64_t few_step = has_few ? p->b_row : p->a_column;
        return many_step == 1 && few_step != 1 ? p->k * size : 0;
    }
    if (p->a_column == 1) return 0;
    int64_t runs = ft_runs(p->k);
    int64_t depth = (p->k + runs - 1) / runs;
    return (rows < FT_PRODUCT_ROWS ? rows : FT_PRODUCT_ROWS) * (depth + 16) * size;
}
