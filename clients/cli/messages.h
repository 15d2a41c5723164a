/*
 * Every sentence of the command line, in English and Japanese. A test finds those that lack one or
 * whose conversions differ.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <stdbool.h>

#include "clients/cli/fhir_messages.h"

/* X(name, English, Japanese) */
#define CLI_MESSAGES(X) \
	X(NO_ANSWER, \
	  "No answer in time. Nothing is lost: repeat the command.", \
	  "時間内に応答がありませんでした。失われたものはありません。もう一度実行してください。")

#define MESSAGES(X) CLI_MESSAGES(X) FHIR_MESSAGES(X)

enum message {
#define MESSAGE_NAME(name, en, ja) MSG_##name,
	MESSAGES(MESSAGE_NAME)
#undef MESSAGE_NAME
	MESSAGE_COUNT
};

const char *message_text(enum message message, bool japanese);

#endif
