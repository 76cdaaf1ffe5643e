#include "layers.h"
void test_driver() {}
void test_faults() {}
void test_windows() {}
void test_sequences() {}
void test_order() {}
void test_fused() {}
