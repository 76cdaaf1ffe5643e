#include "chdf5shim.h"
