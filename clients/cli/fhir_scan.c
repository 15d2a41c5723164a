#include "clients/cli/fhir_scan.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/fhir_walk.h"
#include "error.h"

#define CHUNK_BYTES (256u << 10)
#define WINDOW_BYTES (FHIR_LIMIT_RESOURCE_BYTES + CHUNK_BYTES)

/*
 * Where the scanner stands. What breaks a line's brackets sends it to the next line; in a single
 * document there is no telling where to go on.
 *
 *	BETWEEN ──{ of a Bundle──► IN_BUNDLE ──"entry": [──► IN_ENTRIES
 *	   ▲ └─any other {…}: an item─┐ ▲ └──}──► BETWEEN        │ └─{…}: an item
 *	   └──────────────────────────┘ └───────────]────────────┘
 */
enum place { BETWEEN, IN_BUNDLE, IN_ENTRIES, OVER };

struct fhir_scan {
	struct fhir_stream *stream;
	char *data;            /* the window: what is read and still of use */
	size_t capacity, at, end;
	size_t mark;           /* kept from here, if marked */
	bool marked, ended;
	struct fhir_verdict fault; /* of the stream */
	enum place place;
	bool started, named_lines, lines;
	size_t line, entry, bundle, documents;
};

enum taken { WHOLE, TOO_LARGE, BROKEN, CUT_OFF };

int fhir_scan_open(struct fhir_scan **out, struct fhir_stream *stream, bool named_lines)
{
	struct fhir_scan *scan = calloc(1, sizeof(*scan));
	char *data = malloc(CHUNK_BYTES);

	if (!scan || !data) {
		free(scan);
		free(data);
		return ERR_NOMEM;
	}
	scan->stream = stream;
	scan->data = data;
	scan->capacity = CHUNK_BYTES;
	scan->named_lines = named_lines;
	scan->line = 1;
	*out = scan;
	return 0;
}

void fhir_scan_free(struct fhir_scan *scan)
{
	if (!scan)
		return;
	free(scan->data);
	free(scan);
}

/* ---- the window --------------------------------------------------------------------------- */

static bool grow(struct fhir_scan *scan)
{
	size_t capacity = scan->capacity * 2;

	if (scan->capacity == WINDOW_BYTES)
		return scan->end < scan->capacity;
	if (capacity > WINDOW_BYTES)
		capacity = WINDOW_BYTES;
	char *data = realloc(scan->data, capacity);
	if (!data)
		return fhir_wrong(&scan->fault, MSG_FHIR_UNREADABLE, "%s", error_text(ERR_NOMEM));
	scan->data = data;
	scan->capacity = capacity;
	return true;
}

/* More bytes into the window, which may move. False: there are none, or there is no room. */
static bool fill(struct fhir_scan *scan)
{
	size_t drop = scan->marked ? scan->mark : scan->at;

	if (scan->ended)
		return false;
	memmove(scan->data, scan->data + drop, scan->end - drop);
	scan->at -= drop;
	scan->end -= drop;
	scan->mark = 0;
	if (scan->end > scan->capacity / 2 && !grow(scan))
		return false;
	size_t got = fhir_stream_read(scan->stream, scan->data + scan->end,
				      scan->capacity - scan->end, &scan->fault);
	scan->end += got;
	scan->ended = !got;
	return got;
}

/* The character at hand; -1 at the end. */
static int current(struct fhir_scan *scan)
{
	if (scan->at == scan->end && !fill(scan))
		return -1;
	return (unsigned char)scan->data[scan->at];
}

/* ---- items -------------------------------------------------------------------------------- */

/* The type and id of a resource, or of a Bundle's entry, of which a part may be missing. */
static void name(struct fhir_item *item, const char *text, size_t size)
{
	struct fhir_members members;
	struct fhir_span key = { text, 0 }, value, inner = { NULL, 0 };

	if (!size || *text != '{')
		return;
	fhir_members_init(&members, text, size);
	while ((!item->type[0] || !item->id[0]) && fhir_members_next(&members, &key, &value)) {
		if (fhir_span_is(key, "resourceType"))
			fhir_span_text(value, item->type, sizeof(item->type));
		else if (fhir_span_is(key, "id"))
			fhir_span_text(value, item->id, sizeof(item->id));
		else if (fhir_span_is(key, "resource"))
			inner = value;
	}
	if (item->type[0])
		return;
	if (!inner.at && fhir_span_is(key, "resource")) /* its value is cut off */
		inner = (struct fhir_span){ members.at, (size_t)(members.end - members.at) };
	if (inner.size && inner.at != text)
		name(item, inner.at, inner.size);
}

static void skip_line(struct fhir_scan *scan)
{
	int c;

	scan->marked = false;
	while ((c = current(scan)) >= 0 && c != '\n')
		scan->at++;
}

/* After something that leaves no way to tell what follows: the next line, or the end. */
static void give_up(struct fhir_scan *scan)
{
	scan->place = scan->lines ? BETWEEN : OVER;
	if (scan->lines)
		skip_line(scan);
}

static bool say_cut_off(struct fhir_scan *scan, struct fhir_item *item)
{
	if (scan->fault.outcome != FHIR_FINE)
		item->verdict = scan->fault;
	else
		fhir_wrong(&item->verdict, MSG_FHIR_CUT_OFF, NULL);
	scan->place = OVER;
	return true;
}

static bool say_broken(struct fhir_scan *scan, struct fhir_item *item)
{
	if (current(scan) < 0)
		return say_cut_off(scan, item);
	if (scan->lines && current(scan) == '\n')
		fhir_wrong(&item->verdict, MSG_FHIR_CUT_OFF, NULL);
	else
		fhir_wrong(&item->verdict, MSG_FHIR_SYNTAX, "brackets, quotes or commas");
	give_up(scan);
	return true;
}

/* ---- values ------------------------------------------------------------------------------- */

/*
 * Goes behind the value at hand. With keep its text stays in the window, from mark on, and what is
 * too large for that is dropped and passed over, after the item was named.
 */
static enum taken take(struct fhir_scan *scan, bool keep, struct fhir_walk *walk,
		       struct fhir_item *item)
{
	bool too_large = false;

	*walk = (struct fhir_walk){ .lines = scan->lines };
	scan->marked = keep;
	scan->mark = scan->at;
	for (;;) {
		if (current(scan) < 0) {
			if (!scan->marked || scan->ended || scan->fault.outcome != FHIR_FINE)
				return CUT_OFF;
			name(item, scan->data + scan->mark, scan->end - scan->mark);
			too_large = true;
			scan->marked = false;
			continue;
		}
		size_t used;
		enum fhir_step step =
			fhir_walk(walk, scan->data + scan->at, scan->end - scan->at, &used);
		scan->at += used;
		if (step == FHIR_STEP_BROKEN)
			return BROKEN;
		if (step != FHIR_STEP_ON)
			break;
	}
	return too_large || scan->at - scan->mark > FHIR_LIMIT_RESOURCE_BYTES ? TOO_LARGE : WHOLE;
}

/* Takes the value at hand for an item. True: it is there whole, within the limits. */
static bool take_item(struct fhir_scan *scan, struct fhir_item *item)
{
	struct fhir_walk walk;
	enum taken taken = take(scan, true, &walk, item);

	item->text = scan->data + scan->mark;
	item->size = scan->at - scan->mark;
	if (scan->marked && (taken != WHOLE || walk.too_deep || walk.values > FHIR_LIMIT_VALUES))
		name(item, item->text, item->size);
	if (taken == TOO_LARGE)
		return fhir_wrong(&item->verdict, MSG_FHIR_TOO_LARGE, "%u MB",
				  FHIR_LIMIT_RESOURCE_BYTES >> 20);
	if (taken == BROKEN || taken == CUT_OFF) {
		if (taken == BROKEN)
			say_broken(scan, item);
		else
			say_cut_off(scan, item);
		return false;
	}
	if (walk.too_deep)
		return fhir_wrong(&item->verdict, MSG_FHIR_TOO_DEEP, "%d", FHIR_LIMIT_DEPTH);
	if (walk.values > FHIR_LIMIT_VALUES)
		return fhir_wrong(&item->verdict, MSG_FHIR_TOO_MANY, "%d", FHIR_LIMIT_VALUES);
	return true;
}

/* ---- Bundles ------------------------------------------------------------------------------ */

static bool is_imported_bundle(const char *type)
{
	static const char *const types[] = { "", "transaction", "batch", "collection", "document",
					     "searchset" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

static bool brings_resource(const char *method)
{
	return !method[0] || !strcmp(method, "POST") || !strcmp(method, "PUT");
}

/* What stands in the entry that item's text is: then its resource is the item's text. */
static bool open_entry(struct fhir_item *item)
{
	struct fhir_members members, inner;
	struct fhir_span key, value, resource = { NULL, 0 };
	char method[16] = "";

	fhir_members_init(&members, item->text, item->size);
	while (fhir_members_next(&members, &key, &value)) {
		if (fhir_span_is(key, "fullUrl")) {
			fhir_span_text(value, item->full_url, sizeof(item->full_url));
		} else if (fhir_span_is(key, "resource")) {
			resource = value;
		} else if (fhir_span_is(key, "request") && *value.at == '{') {
			fhir_members_init(&inner, value.at, value.size);
			while (fhir_members_next(&inner, &key, &value))
				if (fhir_span_is(key, "method"))
					fhir_span_text(value, method, sizeof(method));
		}
	}
	if (resource.at)
		name(item, resource.at, resource.size);
	if (!brings_resource(method))
		return fhir_skip(&item->verdict, MSG_FHIR_METHOD, "%s", method);
	if (!members.complete)
		return fhir_wrong(&item->verdict, MSG_FHIR_SYNTAX, NULL);
	if (!resource.at || *resource.at != '{')
		return fhir_wrong(&item->verdict, MSG_FHIR_NO_RESOURCE, NULL);
	if (!item->type[0])
		return fhir_wrong(&item->verdict, MSG_FHIR_NO_TYPE, NULL);
	if (!strcmp(item->type, "Bundle"))
		return fhir_skip(&item->verdict, MSG_FHIR_NESTED_BUNDLE, NULL);
	item->text = resource.at;
	item->size = resource.size;
	return true;
}

/* Between the members of a Bundle, or between its entries. */
static int skip_commas(struct fhir_scan *scan)
{
	int c;

	while ((c = current(scan)) == ' ' || c == '\t' || c == '\r' || c == ',' ||
	       (c == '\n' && !scan->lines))
		scan->at++;
	return c;
}

/* One entry. False: there is none any more. */
static bool next_entry(struct fhir_scan *scan, struct fhir_item *item)
{
	int c = skip_commas(scan);

	if (c == ']') {
		scan->at++;
		scan->place = IN_BUNDLE;
		return false;
	}
	item->entry = ++scan->entry;
	item->bundle = scan->bundle;
	if (c < 0 || !take_item(scan, item))
		return c < 0 ? say_cut_off(scan, item) : true;
	if (c == '{')
		open_entry(item);
	else
		fhir_wrong(&item->verdict, MSG_FHIR_NO_RESOURCE, NULL);
	return true;
}

/* One member of a Bundle that is no entry. True: something is wrong, in item. */
static bool next_member(struct fhir_scan *scan, struct fhir_item *item)
{
	struct fhir_walk walk;
	int c = skip_commas(scan);

	if (c == '}') {
		scan->at++;
		scan->place = BETWEEN;
		return false;
	}
	item->bundle = scan->bundle;
	memcpy(item->type, "Bundle", sizeof("Bundle"));
	if (c != '"' || take(scan, true, &walk, item) != WHOLE)
		return say_broken(scan, item);
	struct fhir_span key = { scan->data + scan->mark, scan->at - scan->mark };
	bool is_entry = fhir_span_is(key, "entry");
	scan->marked = false;
	while ((c = skip_commas(scan)) == ':')
		scan->at++;
	if (is_entry && c == '[') {
		scan->at++;
		scan->place = IN_ENTRIES;
		return false;
	}
	if (c < 0 || take(scan, false, &walk, item) != WHOLE)
		return say_broken(scan, item);
	return false;
}

/* ---- documents ---------------------------------------------------------------------------- */

struct head {
	char type[FHIR_TYPE_SIZE], bundle_type[32];
};

/* False: what is in the window does not tell. */
static bool read_head(const struct fhir_scan *scan, struct head *head)
{
	const char *text = scan->data + scan->mark;
	size_t size = scan->end - scan->mark;
	const char *line_end = scan->lines ? memchr(text, '\n', size) : NULL;
	struct fhir_members members;
	struct fhir_span key, value;

	if (line_end)
		size = (size_t)(line_end - text);
	fhir_members_init(&members, text, size);
	while (fhir_members_next(&members, &key, &value)) {
		if (fhir_span_is(key, "resourceType"))
			fhir_span_text(value, head->type, sizeof(head->type));
		else if (fhir_span_is(key, "type"))
			fhir_span_text(value, head->bundle_type, sizeof(head->bundle_type));
		if (head->type[0] && (head->bundle_type[0] || strcmp(head->type, "Bundle")))
			return true;
	}
	return members.complete || members.broken || line_end;
}

/* What the document at hand is: as much is read as is needed, up to the limit. */
static void find_head(struct fhir_scan *scan, struct head *head)
{
	size_t tried = 0;

	memset(head, 0, sizeof(*head));
	scan->marked = true;
	scan->mark = scan->at;
	do {
		if (scan->end - scan->mark < tried * 2)
			continue;
		tried = scan->end - scan->mark;
		if (read_head(scan, head))
			return;
	} while (fill(scan));
	read_head(scan, head);
}

/* A resource that stands for itself, or the head of a Bundle. False: no item yet. */
static bool next_document(struct fhir_scan *scan, struct fhir_item *item)
{
	struct fhir_walk walk;
	struct head head;

	scan->documents++;
	find_head(scan, &head);
	if (strcmp(head.type, "Bundle")) {
		item->document = !scan->named_lines && scan->documents == 1;
		if (!take_item(scan, item))
			return true;
		name(item, item->text, item->size);
		if (!item->type[0])
			fhir_wrong(&item->verdict, MSG_FHIR_NO_TYPE, NULL);
		return true;
	}
	scan->marked = false;
	if (is_imported_bundle(head.bundle_type)) {
		scan->at++;
		scan->place = IN_BUNDLE;
		scan->bundle++;
		scan->entry = 0;
		return false;
	}
	memcpy(item->type, "Bundle", sizeof("Bundle"));
	enum taken taken = take(scan, false, &walk, item);
	if (taken == CUT_OFF)
		return say_cut_off(scan, item);
	if (taken == BROKEN)
		return say_broken(scan, item);
	fhir_skip(&item->verdict, MSG_FHIR_BUNDLE_TYPE, "%s", head.bundle_type);
	return true;
}

/*
 * Is this NDJSON? It is when the first line is an object by itself; by its name also when that line
 * is damaged, unless it only opens a document.
 */
static bool is_lines(struct fhir_scan *scan)
{
	struct fhir_walk walk = { 0 };
	const char *end;

	scan->marked = true;
	scan->mark = scan->at;
	while (!(end = memchr(scan->data + scan->at, '\n', scan->end - scan->at)))
		if (!fill(scan))
			return true;
	const char *at = scan->data + scan->at;
	size_t used;
	enum fhir_step step = fhir_walk(&walk, at, (size_t)(end - at), &used);
	if (step != FHIR_STEP_ON)
		return step == FHIR_STEP_LAST || scan->named_lines;
	while (++end < scan->data + scan->end && (*end == ' ' || *end == '\t' || *end == '\r'))
		;
	return scan->named_lines && end < scan->data + scan->end && *end == '{';
}

static void start(struct fhir_scan *scan)
{
	while (scan->end < 3 && fill(scan))
		;
	if (scan->end >= 3 && !memcmp(scan->data, "\xef\xbb\xbf", 3))
		scan->at = 3;
}

/* Between documents. False: no item yet, or nothing more. */
static bool next_between(struct fhir_scan *scan, struct fhir_item *item)
{
	int c;

	if (!scan->started)
		start(scan);
	while ((c = current(scan)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
		scan->line += c == '\n';
		scan->at++;
	}
	if (c < 0) {
		bool fault = scan->fault.outcome != FHIR_FINE;
		scan->place = OVER;
		return fault && say_cut_off(scan, item);
	}
	if (c == '{' && !scan->started)
		scan->lines = is_lines(scan);
	bool first = !scan->started;
	scan->started = true;
	item->line = scan->lines ? scan->line : 0;
	if (c == '{')
		return next_document(scan, item);
	fhir_wrong(&item->verdict, first ? MSG_FHIR_NOT_JSON : MSG_FHIR_SYNTAX, NULL);
	item->document = first;
	give_up(scan);
	return true;
}

bool fhir_scan_next(struct fhir_scan *scan, struct fhir_item *item)
{
	scan->marked = false;
	while (scan->place != OVER) {
		memset(item, 0, sizeof(*item));
		item->line = scan->lines ? scan->line : 0;
		bool found = scan->place == BETWEEN ? next_between(scan, item) :
			     scan->place == IN_BUNDLE ? next_member(scan, item) :
							next_entry(scan, item);
		if (found)
			return true;
		scan->marked = false;
	}
	return false;
}
