#include "error.h"

const char *error_text(int error)
{
	switch (error) {
	case 0:
		return "no error";
#define ERROR_CASE(value, name, text) \
	case value: \
		return text;
		ERRORS(ERROR_CASE)
#undef ERROR_CASE
	default:
		return "unknown error";
	}
}
