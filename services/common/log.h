/*
 * One key=value line an event, to stderr. Message ids and patient ids, never clinical text.
 * log_event(LOG_WARN, "request", "type=%s code=%d", type, code);
 */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

void log_init(const char *program, enum log_level least);
void log_event(enum log_level level, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* For broken invariants: logs and aborts. */
_Noreturn void log_fatal(const char *event, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
