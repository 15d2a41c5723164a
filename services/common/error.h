/* The one list of error codes. Functions return 0 or one of these, negative. */
#ifndef ERROR_H
#define ERROR_H

#define ERRORS(X) \
	X(-1, ERR_NOMEM, "out of memory, or over the memory one input may take") \
	X(-2, ERR_INVALID, "not valid") \
	X(-3, ERR_NOTFOUND, "not found") \
	X(-4, ERR_TOOBIG, "larger than its limit") \
	X(-5, ERR_FULL, "the store is full") \
	X(-6, ERR_IO, "input or output failed") \
	X(-7, ERR_CORRUPT, "stored data is damaged") \
	X(-8, ERR_CRYPTO, "cryptography failed") \
	X(-9, ERR_REFUSED, "refused by a rule") \
	X(-10, ERR_NOTHING, "nothing to do") \
	X(-11, ERR_DISCONNECTED, "not connected to the broker") \
	X(-12, ERR_TIMEOUT, "no answer in time") \
	X(-13, ERR_INJECTED, "a fault injected by a test")

enum error {
#define ERROR_VALUE(value, name, text) name = value,
	ERRORS(ERROR_VALUE)
#undef ERROR_VALUE
};

/* A constant sentence for logs; "unknown error" for what is not in the list. */
const char *error_text(int error);

#endif
