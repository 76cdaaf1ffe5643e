// What a product needs, by its sizes and strides alone.
#include "kernels.h"

int64_t ft_product_space(const ft_product *p) {
    if (!ft_product_is_of_dots(p)) return 0;
    bool has_few = ft_product_has_few_columns(p);
    int64_t many_step = has_few ? p->a_column : p->b_row;
    int64_t few_step = has_few ? p->b_row : p->a_column;
    return many_step == 1 && few_step != 1 ? p->k * (p->dtype == FT_F32 ? 4 : 8) : 0;
}

int64_t ft_recurrence_space(const ft_recurrence *r, int64_t rows) {
    // Dot products read W in place, and packing it pays where it is multiplied by often enough.
    bool is_joined = r->x;
    if (!is_joined && (r->batch <= FT_PRODUCT_FEW || rows * r->steps < 64)) return 0;
    int64_t vector = r->dtype == FT_F32 ? 16 : 8;
    int64_t full = (r->width + vector - 1) / vector * vector;
    int64_t count = r->parts * (r->width + (is_joined ? r->inputs : 0)) * full;
    if (is_joined && r->kind == FT_GRU) count += rows * r->parts * r->width;
    return count * 64 / vector;
}
