/* How people sign in from a browser: passwords, codes, sessions. */
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "clients/cli/commands.h"
#include "json.h"

#define WORD_BYTES 512
#define SECRET_BYTES 20
#define MADE_LETTERS 12

/* ---- asking ------------------------------------------------------------------------------- */

/* One line of standard input. False: there is none. */
static bool read_line(char word[WORD_BYTES])
{
	if (!fgets(word, WORD_BYTES, stdin))
		return false;
	word[strcspn(word, "\r\n")] = '\0';
	return true;
}

/* The same, asked for on the terminal, and not shown. */
static bool ask_silently(struct cli *cli, enum message question, char word[WORD_BYTES])
{
	struct termios shown, silent;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;

	if (terminal) {
		silent = shown;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		fprintf(stderr, "%s ", cli_text(cli, question));
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	bool got = read_line(word);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fprintf(stderr, "\n");
	}
	return got;
}

/* Letters and digits that nobody takes for others, in fours: 59 bits. */
static int make_word(struct cli *cli, char word[WORD_BYTES])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	size_t n = 0, count = 0;
	uint8_t byte;

	while (count < MADE_LETTERS) {
		if (RAND_bytes(&byte, 1) != 1)
			return cli_fail(cli, EX_OSERR, MSG_NO_RANDOM);
		if (byte >= 8 * (sizeof(letters) - 1)) /* else some come more often */
			continue;
		if (count && count % 4 == 0)
			word[n++] = '-';
		word[n++] = letters[byte % (sizeof(letters) - 1)];
		count++;
	}
	word[n] = '\0';
	return 0;
}

/* ---- passwords ---------------------------------------------------------------------------- */

static int show_sign_in(struct cli *cli, char *user, const SignInShown **shown)
{
	ShowSignIn request = ShowSignIn_INIT;

	request.user = user;
	return ASK(cli, "directory", &request, SignInShown, shown);
}

/* One's own: the present one as well, where there is one. */
static int ask_present(struct cli *cli, char word[WORD_BYTES])
{
	const SignInShown *shown;
	int status = show_sign_in(cli, cli_string(cli, ""), &shown);

	word[0] = '\0';
	if (status || !shown->password)
		return status;
	return ask_silently(cli, MSG_ASK_PRESENT, word) ? 0
							: cli_fail(cli, EX_USAGE, MSG_NO_PASSWORD);
}

/* Typed once, read once, or made here. */
static int choose_password(struct cli *cli, bool from_input, bool own, char word[WORD_BYTES],
			   bool *made)
{
	char again[WORD_BYTES];

	*made = false;
	if (from_input)
		return read_line(word) ? 0 : cli_fail(cli, EX_USAGE, MSG_NO_PASSWORD);
	word[0] = '\0';
	if (isatty(STDIN_FILENO)) {
		if (!ask_silently(cli, own ? MSG_ASK_PASSWORD : MSG_ASK_PASSWORD_OR_NONE, word))
			return cli_fail(cli, EX_USAGE, MSG_NO_PASSWORD);
		bool same = !word[0] ||
			    (ask_silently(cli, MSG_ASK_AGAIN, again) && !strcmp(word, again));
		OPENSSL_cleanse(again, sizeof(again));
		if (!same)
			return cli_fail(cli, EX_USAGE, MSG_NOT_THE_SAME);
	}
	*made = !word[0];
	if (*made && own)
		return cli_fail(cli, EX_USAGE, MSG_NO_PASSWORD);
	return *made ? make_word(cli, word) : 0;
}

/* Not kept when it is not answered (unanswered.h): a file would hold a hash of it. */
static int send_password(struct cli *cli, const SetPassword *request)
{
	Reply *reply;
	int status = cli_try(cli, "directory", &request->base, 0, &reply);

	if (status)
		return status;
	if (reply->code != CODE_OK)
		cli_complain(cli, reply);
	return cli_status(reply);
}

static void print_password(struct cli *cli, const char *user, const char *word, bool made, bool own)
{
	json_t *object;

	if (!cli->json) {
		printf("%s\n",
		       made ? cli_print(cli, MSG_PASSWORD_MADE, user, word)
			    : cli_text(cli, own ? MSG_PASSWORD_SET : MSG_PASSWORD_SET_ONCE));
		return;
	}
	object = json_pack("{s:s}", "user", user);
	if (object && made)
		json_object_set_new(object, "password", json_string(word));
	if (object)
		json_print(stdout, object);
	json_decref(object);
}

int run_admin_password(struct cli *cli, const struct args *args)
{
	SetPassword request = SetPassword_INIT;
	char word[WORD_BYTES], present[WORD_BYTES] = "";
	const char *user = args_get(args, "USER");
	bool made = false;
	int status = cli_connect(cli);

	if (status)
		return status;
	bool own = !user || !strcmp(user, cli->account.user);
	if (own)
		status = ask_present(cli, present);
	if (!status)
		status = choose_password(cli, args_has(args, "--stdin"), own, word, &made);
	if (status)
		return status;
	user = own ? cli->account.user : user;
	request.user = cli_string(cli, user);
	request.present = present;
	request.password = word;
	status = send_password(cli, &request);
	if (!status)
		print_password(cli, user, word, made, own);
	OPENSSL_cleanse(word, sizeof(word));
	OPENSSL_cleanse(present, sizeof(present));
	return status;
}

/* ---- codes -------------------------------------------------------------------------------- */

/* RFC 4648, 6: 20 bytes are 32 letters, without padding. */
static void base32(const uint8_t bytes[SECRET_BYTES], char out[33])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t held = 0;
	unsigned bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < SECRET_BYTES; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			out[n++] = letters[held >> (bits - 5) & 31];
	}
	out[n] = '\0';
}

static void print_secret(struct cli *cli, const char *user, const char *secret)
{
	const char *url = arena_printf(
		&cli->arena, "otpauth://totp/Tsunagi:%s?secret=%s&issuer=Tsunagi", user, secret);

	if (!cli->json) {
		printf("%s\n%s\n%s\n", cli_print(cli, MSG_TOTP_MADE, user), secret, url);
		fflush(stdout);
		return;
	}
	json_t *object = json_pack("{s:s, s:s, s:s}", "user", user, "secret", secret, "url", url);
	if (object)
		json_print(stdout, object);
	json_decref(object);
}

static int ask_code(struct cli *cli, enum message question, char word[WORD_BYTES])
{
	return ask_silently(cli, question, word) ? 0 : cli_fail(cli, EX_USAGE, MSG_NO_CODE);
}

/*
 * Who has a factor shows that it is they, here as in a browser: a certificate lies in a file and is the
 * terminal's, not of the person who happens to sit before it.
 */
struct proof {
	char password[WORD_BYTES], code[WORD_BYTES];
};

static int ask_proof(struct cli *cli, struct proof *proof)
{
	const SignInShown *shown;
	int status = show_sign_in(cli, cli_string(cli, ""), &shown);

	if (status || (!shown->totp && !shown->n_passkeys))
		return status;
	if (shown->password && !ask_silently(cli, MSG_ASK_PRESENT, proof->password))
		return cli_fail(cli, EX_USAGE, MSG_NO_PASSWORD);
	return shown->totp ? ask_code(cli, MSG_ASK_PRESENT_CODE, proof->code) : 0;
}

static int set_totp(struct cli *cli, char *user, struct proof *proof, bool own, uint8_t *secret,
		    size_t size)
{
	SetTotp request = SetTotp_INIT;
	char code[WORD_BYTES] = "";
	Reply *reply;
	int status = own && size ? ask_code(cli, MSG_ASK_CODE, code) : 0;

	if (status)
		return status;
	request.user = user;
	request.secret = (ProtobufCBinaryData){size, secret};
	request.code = code;
	request.password = proof->password;
	request.present_code = proof->code;
	status = cli_try(cli, "directory", &request.base, 0, &reply);
	if (status)
		return status;
	if (reply->code != CODE_OK)
		cli_complain(cli, reply);
	return cli_status(reply);
}

static int remove_totp(struct cli *cli, char *whose, struct proof *proof, bool own)
{
	int status = set_totp(cli, whose, proof, own, NULL, 0);

	if (!status && !cli->json)
		printf("%s\n", cli_text(cli, MSG_TOTP_REMOVED));
	return status;
}

static int make_totp(struct cli *cli, char *whose, struct proof *proof, bool own)
{
	uint8_t secret[SECRET_BYTES];
	char text[33];

	if (RAND_bytes(secret, sizeof(secret)) != 1)
		return cli_fail(cli, EX_OSERR, MSG_NO_RANDOM);
	base32(secret, text);
	if (own) /* the code comes from the secret */
		print_secret(cli, whose, text);
	int status = set_totp(cli, whose, proof, own, secret, sizeof(secret));
	if (!status && !own)
		print_secret(cli, whose, text);
	if (!status && own && !cli->json)
		printf("%s\n", cli_text(cli, MSG_TOTP_SET));
	return status;
}

int run_admin_totp(struct cli *cli, const struct args *args)
{
	const char *user = args_get(args, "USER");
	struct proof proof = {.code = ""};
	int status = cli_connect(cli);

	if (status)
		return status;
	bool own = !user || !strcmp(user, cli->account.user);
	char *whose = cli_string(cli, own ? cli->account.user : user);
	if (own)
		status = ask_proof(cli, &proof);
	if (!status)
		status = args_has(args, "--remove") ? remove_totp(cli, whose, &proof, own)
						    : make_totp(cli, whose, &proof, own);
	OPENSSL_cleanse(&proof, sizeof(proof));
	return status;
}

/* ---- sessions ----------------------------------------------------------------------------- */

int run_admin_sign_out(struct cli *cli, const struct args *args)
{
	SignOut request = SignOut_INIT;

	request.user = cli_string(cli, args_get(args, "USER"));
	request.device = cli_string(cli, args_get(args, "--device"));
	return cli_write(cli, "directory", &request.base, MSG_DONE_SIGN_OUT);
}
