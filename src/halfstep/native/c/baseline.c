/* What every machine runs. */

#define WIDTH 2
#define NAME baseline
#define BODY kernel_baseline
#include "body.h"
