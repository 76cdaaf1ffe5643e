#include "check.h"
void test_driver() {}
void test_faults() {}
