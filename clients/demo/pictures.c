#include "clients/demo/pictures.h"

#include <math.h>
#include <openssl/sha.h>
#include <string.h>

#include "clients/demo/jpeg.h"
#include "error.h"

#define WIDTH 640
#define HEIGHT 480
#define SCALE 4 /* of a thumbnail */
#define WOUNDS 18
#define PAPERS 10
#define PICTURES_STREAM 3000000 /* of the dice */

struct colour {
	double r, g, b;
};

/* ---- drawing ------------------------------------------------------------------------------ */

static void set(struct canvas *canvas, unsigned x, unsigned y, struct colour c)
{
	uint8_t *at = canvas->rgb + 3 * ((size_t)y * canvas->width + x);

	at[0] = (uint8_t)fmin(fmax(c.r, 0), 255);
	at[1] = (uint8_t)fmin(fmax(c.g, 0), 255);
	at[2] = (uint8_t)fmin(fmax(c.b, 0), 255);
}

static struct colour mix(struct colour a, struct colour b, double share)
{
	return (struct colour){a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share,
			       a.b + (b.b - a.b) * share};
}

static void rectangle(struct canvas *canvas, unsigned x, unsigned y, unsigned width,
		      unsigned height, struct colour c)
{
	for (unsigned row = y; row < y + height && row < canvas->height; row++)
		for (unsigned column = x; column < x + width && column < canvas->width; column++)
			set(canvas, column, row, c);
}

/* A paper ruler along the lower edge: a stroke a millimetre, a longer one a centimetre. */
static void draw_ruler(struct canvas *canvas, unsigned pixels_a_mm)
{
	unsigned top = canvas->height - 64;

	rectangle(canvas, 0, top, canvas->width, 64, (struct colour){248, 246, 236});
	for (unsigned mm = 0; mm * pixels_a_mm < canvas->width; mm++)
		rectangle(canvas, mm * pixels_a_mm, top, 2, mm % 10 ? mm % 5 ? 12 : 20 : 34,
			  (struct colour){40, 40, 48});
}

/* An uneven ellipse: granulation in the middle, a pale rim, reddened skin around it. */
static void draw_wound(struct canvas *canvas, struct dice *dice)
{
	const struct colour skin = {231, 196, 168}, red = {214, 128, 112}, rim = {240, 214, 196},
			    flesh = {176, 52, 48}, slough = {222, 196, 120};
	double a = dice_between(dice, 95, 135), b = dice_between(dice, 70, 100);
	double x0 = dice_between(dice, 290, 350), y0 = dice_between(dice, 190, 220);
	double waves = dice_between(dice, 3, 5), turn = dice_between(dice, 0, 628) / 100.0;

	for (unsigned y = 0; y < canvas->height; y++)
		for (unsigned x = 0; x < canvas->width; x++) {
			double dx = (x - x0) / a, dy = (y - y0) / b;
			double uneven = 1 + 0.07 * sin(waves * atan2(dy, dx) + turn);
			double from = sqrt(dx * dx + dy * dy) / uneven;
			double patch = sin(x / 23.0 + turn) * sin(y / 17.0);
			struct colour c = mix(skin, (struct colour){214, 174, 146},
					      (double)y / canvas->height);
			if (from < 1.7)
				c = mix(red, c, fmax(0, (from - 1.05) / 0.65));
			if (from < 1.05)
				c = rim;
			if (from < 0.93)
				c = mix(flesh, slough, patch > 0.55 ? 0.8 : 0.12 + 0.1 * patch);
			set(canvas, x, y, c);
		}
	draw_ruler(canvas, 8);
}

/* On a table: a heading, a frame, and lines of uneven length. */
static void draw_paper(struct canvas *canvas, struct dice *dice)
{
	const struct colour ink = {84, 88, 98}, pale = {196, 200, 208};

	rectangle(canvas, 0, 0, canvas->width, canvas->height, (struct colour){146, 122, 100});
	rectangle(canvas, 108, 22, 432, 446, (struct colour){120, 98, 80});
	rectangle(canvas, 100, 16, 432, 446, (struct colour){251, 250, 246});
	rectangle(canvas, 216, 40, 200, 18, ink);
	rectangle(canvas, 128, 84, 376, 2, pale);
	rectangle(canvas, 128, 140, 376, 2, pale);
	for (unsigned i = 0; i < 2; i++)
		rectangle(canvas, 136, 96 + 20 * i, (unsigned)dice_between(dice, 120, 230), 9, ink);
	for (unsigned y = 160; y < 400; y += 20) {
		unsigned length = (unsigned)dice_between(dice, 140, 350);
		for (unsigned x = 0; x < length;) {
			unsigned word = (unsigned)dice_between(dice, 14, 52);
			rectangle(canvas, 136 + x, y, word, 8, pale);
			x += word + 8;
		}
	}
	/* A seal. */
	for (unsigned y = 396; y < 448; y++)
		for (unsigned x = 440; x < 492; x++) {
			double from = hypot(x - 466.0, y - 422.0);
			if (from < 24 && (from > 20 || (x + y) % 11 < 2))
				set(canvas, x, y, (struct colour){206, 62, 54});
		}
}

static struct canvas canvas_new(struct arena *arena, unsigned width, unsigned height)
{
	return (struct canvas){width, height, arena_alloc(arena, (size_t)width * height * 3)};
}

/* Each of its points is the mean of those that it stands for. */
static void shrink(const struct canvas *from, struct canvas *to)
{
	for (unsigned y = 0; y < to->height; y++)
		for (unsigned x = 0; x < to->width * 3; x++) {
			unsigned sum = 0;
			for (unsigned i = 0; i < SCALE * SCALE; i++)
				sum += from->rgb[((size_t)(y * SCALE + i / SCALE) * from->width +
						  x / 3 * SCALE + i % SCALE) *
							 3 +
						 x % 3];
			to->rgb[(size_t)y * to->width * 3 + x] = (uint8_t)(sum / (SCALE * SCALE));
		}
}

static ProtobufCBinaryData kept(struct city *city, struct bytes bytes)
{
	uint8_t *data = arena_copy(city->arena, bytes.data, bytes.size);
	return (ProtobufCBinaryData){data ? bytes.size : 0, data};
}

struct picture_drawn *picture_draw(struct city *city, enum drawing drawing, const char *name,
				   struct dice *dice)
{
	struct picture_drawn *drawn = arena_alloc(city->arena, sizeof(*drawn));
	Attachment *attachment = NEW(Attachment, city->arena);
	uint8_t sha256[SHA256_DIGEST_LENGTH];
	struct arena arena; /* for what is large and soon forgotten */

	arena_init(&arena, 16 << 20);
	struct canvas canvas = canvas_new(&arena, WIDTH, HEIGHT);
	struct canvas small = canvas_new(&arena, WIDTH / SCALE, HEIGHT / SCALE);
	if (drawn && attachment && canvas.rgb && small.rgb) {
		drawing == DRAWING_WOUND ? draw_wound(&canvas, dice) : draw_paper(&canvas, dice);
		shrink(&canvas, &small);
		ProtobufCBinaryData data = kept(city, jpeg_make(&arena, &canvas));
		SHA256(data.data, data.len, sha256);
		attachment->thumbnail = kept(city, jpeg_make(&arena, &small));
		attachment->sha256 = kept(city, (struct bytes){sha256, sizeof(sha256)});
		attachment->bytes = (uint32_t)data.len;
		attachment->media_type = city_text(city, "image/jpeg");
		attachment->name = city_text(city, name);
		attachment->width = WIDTH;
		attachment->height = HEIGHT;
		*drawn = (struct picture_drawn){attachment, {data.data, data.len}};
	}
	arena_close(&arena);
	return drawn && drawn->attachment && drawn->data.size && attachment->thumbnail.len &&
			       attachment->sha256.len
		       ? drawn
		       : NULL;
}

/* ---- where they hang ---------------------------------------------------------------------- */

static bool speaks_of(const Entry *entry, const char *word)
{
	return entry->content_case == Entry_CONTENT_NOTE && strstr(entry->note->text, word);
}

/* A nurse's note of a pressure ulcer; what a patient brings home from hospital. */
static const char *what_hangs_on(const struct event *event, enum drawing *drawing)
{
	const Entry *entry = event->entry;

	*drawing = DRAWING_WOUND;
	if (event->home->workers[NURSE] && !strcmp(event->author, event->home->workers[NURSE]) &&
	    speaks_of(entry, "仙骨部褥瘡"))
		return "仙骨部";
	*drawing = DRAWING_PAPER;
	if (entry->content_case == Entry_CONTENT_MOVEMENT &&
	    entry->movement->kind == MOVEMENT_KIND_DISCHARGE)
		return "退院時サマリー";
	return NULL;
}

static int hang(struct city *city, struct event *event, enum drawing drawing, const char *name,
		struct dice *dice)
{
	event->picture = picture_draw(city, drawing, name, dice);
	if (!event->picture)
		return ERR_NOMEM;
	return arena_append(city->arena, &event->entry->attachments, &event->entry->n_attachments,
			    event->picture->attachment);
}

/* The newest ones, for those are looked at; and one of the patient whom the README shows. */
int city_pictures(struct city *city)
{
	struct dice dice = dice_make(city->seed, PICTURES_STREAM);
	unsigned left[] = {[DRAWING_WOUND] = WOUNDS, [DRAWING_PAPER] = PAPERS};
	bool shown = false;
	int rc = 0;

	for (size_t i = city->n_events; i-- > 0 && !rc;) {
		struct event *event = city->events[i];
		enum drawing drawing;
		const char *name = what_hangs_on(event, &drawing);
		const char *pharmacist = event->home->workers[PHARMACIST];
		if (!shown && event->home->number == CITY_STORY_HOME && pharmacist &&
		    !strcmp(event->author, pharmacist) &&
		    event->entry->content_case == Entry_CONTENT_NOTE) {
			rc = hang(city, event, DRAWING_PAPER, "お薬手帳", &dice);
			shown = true;
		} else if (name && left[drawing]) {
			rc = hang(city, event, drawing, name, &dice);
			left[drawing]--;
		}
	}
	return rc;
}
