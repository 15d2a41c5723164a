#include "rules.h"

#include <string.h>

#include "hours.h"
#include "text.h"

/* ---- refusals ----------------------------------------------------------------------------- */

static int wrong(const struct input *in, const char *field, const char *ja, const char *en)
{
	return refuse(in, CODE_INVALID_ARGUMENT, field, ja, en);
}

static int administrator_only(const struct input *in)
{
	if (in->actor.profession == PROFESSION_ADMINISTRATOR)
		return 0;
	return refuse(in, CODE_PERMISSION_DENIED, "", "この操作は管理者だけができます。",
		      "Only administrators may do this.");
}

static int organisation_unknown(const struct input *in, const char *field)
{
	return refuse(in, CODE_NOT_FOUND, field,
		      "その事業所は登録されていません。IDを確かめるか、先に事業所を登録してください。",
		      "No such organisation. Check its id, or set up the organisation first.");
}

static int person_unknown(const struct input *in, const char *field)
{
	return refuse(in, CODE_NOT_FOUND, field,
		      "その利用者名は登録されていません。利用者名を確かめてください。",
		      "Nobody is enrolled under this user name. Check the name.");
}

static int last_administrator(const struct input *in)
{
	return refuse(in, CODE_FAILED_PRECONDITION, "",
		      "最後の管理者です。先に別の管理者を登録してください。",
		      "This is the last administrator. Enrol another administrator first.");
}

/* ---- texts -------------------------------------------------------------------------------- */

/* One line of valid text. */
static bool line_valid(const char *text, size_t limit_bytes)
{
	size_t size = strlen(text);

	return size <= limit_bytes && text_valid(text, size) && !strpbrk(text, "\t\n");
}

static bool blank(const char *text)
{
	while (*text == ' ' || strncmp(text, "\u3000", 3) == 0)
		text += *text == ' ' ? 1 : 3;
	return *text == '\0';
}

static int check_name(const struct input *in, const char *field, const char *name)
{
	if (!blank(name) && line_valid(name, NAME_TEXT_BYTES))
		return 0;
	return wrong(in, field, "名称を1行、200バイト（全角で約66文字）以内で入れてください。",
		     "Give a name: one line of at most 200 bytes.");
}

static int check_kana(const struct input *in, const char *field, const char *kana)
{
	if (line_valid(kana, NAME_TEXT_BYTES))
		return 0;
	return wrong(in, field, "よみは1行、200バイト（全角で約66文字）以内にしてください。",
		     "The kana must be one line of at most 200 bytes.");
}

static int check_phone(const struct input *in, const char *field, const char *phone)
{
	if (strlen(phone) <= PHONE_BYTES && phone[strspn(phone, "0123456789+-() ")] == '\0')
		return 0;
	return wrong(in, field, "電話番号は半角の数字と + - ( ) だけで、32文字以内にしてください。",
		     "A phone number is at most 32 characters: digits, + - ( ) and spaces.");
}

/* What mail servers take without quotes, in ASCII; where a carrier hands out stranger ones (two dots in
 * a row), those too. Nothing that could end a header or an address. */
static bool mail_valid(const char *mail)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
				     "!#$%&'*+/=?^_`{|}~";
	size_t local = strspn(mail, others), domain;

	if (!local || local > 64 || mail[local] != '@' || strlen(mail) > MAIL_BYTES)
		return false;
	mail += local + 1;
	domain = strspn(mail, letters);
	return domain && mail[domain] == '\0' && !strchr("-.", mail[0]) &&
	       !strchr("-.", mail[domain - 1]) && !strstr(mail, "..");
}

static int check_mail(const struct input *in, const char *field, const char *mail)
{
	if (!mail[0] || mail_valid(mail))
		return 0;
	return wrong(in, field, "メールアドレスが正しくありません。半角で name@example.jp のように、254文字以内にしてください。",
		     "Not an address for mail: like name@example.jp, at most 254 characters.");
}

static int check_device(const struct input *in, const char *device)
{
	if (name_valid(device, DEVICE_BYTES))
		return 0;
	return wrong(in, "device", "端末名は半角の a〜z、0〜9、- で、32文字以内にしてください。",
		     "A device's name is at most 32 of a-z, 0-9 and - between them.");
}

/* ---- contact hours ------------------------------------------------------------------------ */

#define MINUTES_A_DAY 1440

static const char *check_window(const ContactHours *hours, const char **ja, const char **en)
{
	*ja = "曜日は1（月）〜7（日）、祝日は8です。";
	*en = "The weekday is 1 (Monday) to 7 (Sunday), or 8 for national holidays.";
	if (hours->weekday < 1 || hours->weekday > HOURS_HOLIDAY)
		return "weekday";
	*ja = "開始は0〜1439分（0:00〜23:59）にしてください。";
	*en = "A window begins at minute 0 to 1439 of the day.";
	if (hours->from_minute >= MINUTES_A_DAY)
		return "from_minute";
	*ja = "終了は1〜1440分で、開始と違う時刻にしてください。翌日にまたがるときは開始より小さくします。";
	*en = "A window ends at minute 1 to 1440, not where it begins; before that: the next day.";
	if (hours->to_minute < 1 || hours->to_minute > MINUTES_A_DAY ||
	    hours->to_minute == hours->from_minute)
		return "to_minute";
	*ja = "連絡方法（電話・呼出・メッセージ）または休憩を選んでください。";
	*en = "Choose the means: phone, page or message; or a break.";
	if (hours->means < CONTACT_MEANS_PHONE || hours->means > CONTACT_MEANS_BREAK)
		return "means";
	*ja = "連絡先は1行、200バイト以内にしてください。";
	*en = "Whom to ask for is one line of at most 200 bytes.";
	if (!line_valid(hours->whom, NAME_TEXT_BYTES))
		return "whom";
	return NULL;
}

static int check_hours(const struct input *in, const char *field, ContactHours *const *hours,
		       size_t n)
{
	const char *ja, *en;

	if (n > HOURS_MAX)
		return wrong(in, field, "連絡可能な時間帯は64件までです。",
			     "There are at most 64 windows of contact hours.");
	for (size_t i = 0; i < n; i++) {
		const char *at_fault = check_window(hours[i], &ja, &en);
		if (at_fault)
			return wrong(in, arena_printf(in->arena, "%s[%zu].%s", field, i, at_fault),
				     ja, en);
	}
	return 0;
}

/* ---- organisations ------------------------------------------------------------------------ */

static int check_networks(const struct input *in, const Organisation *organisation)
{
	unsigned seen = 0;

	for (size_t i = 0; i < organisation->n_networks; i++) {
		int network = (int)organisation->networks[i];
		if (network < NETWORK_TIZI_NET || network > NETWORK_BBN || (seen & 1u << network))
			return wrong(in, "organisation.networks",
				     "ネットワークの指定が正しくありません（同じものは1回だけ）。",
				     "Not a network, or the same one twice.");
		seen |= 1u << network;
	}
	return 0;
}

static int check_kind(const struct input *in, const Organisation *organisation)
{
	if (organisation->kind < ORGANISATION_KIND_CLINIC ||
	    organisation->kind > ORGANISATION_KIND_CITY_OFFICE)
		return wrong(in, "organisation.kind", "事業所の種別を選んでください。",
			     "Choose the kind of organisation.");
	if (organisation->area < AREA_NORTH || organisation->area > AREA_SOUTH)
		return wrong(in, "organisation.area", "圏域（北部・西部・南部）を選んでください。",
			     "Choose the area: north, west or south.");
	return 0;
}

static int check_organisation(const struct input *in, const Organisation *organisation)
{
	if (!name_valid(organisation->id, ORGANISATION_ID_BYTES))
		return wrong(in, "organisation.id",
			     "事業所IDは半角の a〜z、0〜9、- で、32文字以内にしてください。",
			     "An organisation's id is at most 32 of a-z, 0-9 and - between them.");
	int rc = check_name(in, "organisation.name", organisation->name);
	if (!rc)
		rc = check_kana(in, "organisation.name_kana", organisation->name_kana);
	if (!rc)
		rc = check_kind(in, organisation);
	if (!rc)
		rc = check_networks(in, organisation);
	if (!rc)
		rc = check_phone(in, "organisation.phone", organisation->phone);
	if (!rc && !line_valid(organisation->address, ADDRESS_BYTES))
		rc = wrong(in, "organisation.address", "住所は1行、500バイト以内にしてください。",
			   "An address is one line of at most 500 bytes.");
	if (!rc)
		rc = check_hours(in, "organisation.hours", organisation->hours,
				 organisation->n_hours);
	return rc;
}

int organisation_set(const struct input *in, const struct organisation_view *view,
		     const SetOrganisation *request, OrganisationChanged *fact)
{
	const Organisation *before = view->organisation;
	int rc = administrator_only(in);

	if (!rc && !request->organisation)
		rc = wrong(in, "organisation", "事業所の内容がありません。", "The organisation is missing.");
	if (!rc)
		rc = check_organisation(in, request->organisation);
	if (rc)
		return rc;
	if (request->organisation->left && view->has_people)
		return refuse(in, CODE_FAILED_PRECONDITION, "organisation.left",
			      "まだ登録中の職員がいます。先に全員を失効させるか、異動させてください。",
			      "People are still enrolled there. Revoke or move them first.");
	fact->organisation = arena_copy(in->arena, request->organisation, sizeof(Organisation));
	if (!fact->organisation)
		return ERR_NOMEM;
	if (before && !request->organisation->n_hours) {
		fact->organisation->hours = before->hours;
		fact->organisation->n_hours = before->n_hours;
	}
	return 0;
}

/* ---- people ------------------------------------------------------------------------------- */

static int check_belonging(const struct input *in, const Person *person,
			   const Organisation *organisation)
{
	if (person->profession < PROFESSION_DOCTOR || person->profession > PROFESSION_ADMINISTRATOR)
		return wrong(in, "person.profession", "職種を選んでください。", "Choose the profession.");
	if (!organisation)
		return organisation_unknown(in, "person.organisation");
	if (organisation->left)
		return refuse(in, CODE_FAILED_PRECONDITION, "person.organisation",
			      "その事業所はネットワークを退会しています。",
			      "That organisation no longer takes part.");
	return 0;
}

static int check_person(const struct input *in, const Person *person,
			const Organisation *organisation)
{
	if (!name_valid(person->id, LIMIT_NAME_BYTES))
		return wrong(in, "person.id",
			     "利用者名は半角の a〜z、0〜9、- で、64文字以内にしてください。",
			     "A user name is at most 64 of a-z, 0-9 and - between them.");
	if (instance_name(person->id))
		return wrong(in, "person.id",
			     "この名前はシステムが使うため、人には付けられません。別の名前にしてください。",
			     "This name belongs to a service; no person may bear it.");
	int rc = check_name(in, "person.name", person->name);
	if (!rc)
		rc = check_kana(in, "person.name_kana", person->name_kana);
	if (!rc)
		rc = check_phone(in, "person.phone", person->phone);
	if (!rc)
		rc = check_mail(in, "person.mail", person->mail);
	if (!rc)
		rc = check_hours(in, "person.hours", person->hours, person->n_hours);
	if (!rc)
		rc = check_belonging(in, person, organisation);
	return rc;
}

static int copy_person(const struct input *in, const Person *person, EnrolmentState state,
		       Person **out)
{
	*out = arena_copy(in->arena, person, sizeof(Person));
	if (!*out)
		return ERR_NOMEM;
	(*out)->state = state;
	return 0;
}

static bool enrolled(const Person *person)
{
	return person && person->state == ENROLMENT_STATE_ENROLLED;
}

int person_enrol(const struct input *in, const struct person_view *view, const Enrol *request,
		 PersonEnrolled *fact)
{
	int rc = administrator_only(in);

	if (!rc && !request->person)
		rc = wrong(in, "person", "登録する人の内容がありません。", "The person is missing.");
	if (!rc)
		rc = check_person(in, request->person, view->organisation);
	if (!rc && (request->device[0] || request->csr_pem[0]))
		rc = check_device(in, request->device);
	if (rc)
		return rc;
	/* Who was revoked comes back as whoever they are now; old certificates stay revoked. */
	if (enrolled(view->person))
		return refuse(in, CODE_ALREADY_EXISTS, "person.id",
			      "この利用者名はもう登録されています。同じ人の別の端末なら、本人が証明書を更新してください。",
			      "This user name is enrolled. For another device, its owner renews.");
	return copy_person(in, request->person, ENROLMENT_STATE_ENROLLED, &fact->person);
}

int person_set(const struct input *in, const struct person_view *view, const SetPerson *request,
	       PersonChanged *fact)
{
	int rc = administrator_only(in);

	if (!rc && !request->person)
		rc = wrong(in, "person", "変更する人の内容がありません。", "The person is missing.");
	if (!rc && !enrolled(view->person))
		rc = person_unknown(in, "person.id");
	if (!rc)
		rc = check_person(in, request->person, view->organisation);
	if (rc)
		return rc;
	if (view->person->profession == PROFESSION_ADMINISTRATOR &&
	    request->person->profession != PROFESSION_ADMINISTRATOR && !view->other_administrator)
		return last_administrator(in);
	rc = copy_person(in, request->person, ENROLMENT_STATE_ENROLLED, &fact->person);
	if (rc)
		return rc;
	if (!request->person->mail[0])
		fact->person->mail = view->person->mail;
	if (!request->person->n_hours) {
		fact->person->hours = view->person->hours;
		fact->person->n_hours = view->person->n_hours;
	}
	return 0;
}

int mail_set(const struct input *in, const struct person_view *view, const SetMail *request,
	     PersonChanged *fact)
{
	bool own = !request->user[0] || strcmp(request->user, in->actor.user) == 0;
	int rc = own ? 0 : administrator_only(in);

	if (!rc && !enrolled(view->person))
		rc = person_unknown(in, "user");
	if (!rc)
		rc = check_mail(in, "mail", request->mail);
	if (!rc)
		rc = copy_person(in, view->person, ENROLMENT_STATE_ENROLLED, &fact->person);
	if (!rc)
		fact->person->mail = request->mail;
	return rc;
}

int certificate_renew(const struct input *in, const struct person_view *view,
		      const RenewCertificate *request, CertificateIssued *fact)
{
	(void)fact; /* the certificate is signed by the route's capture */
	if (!enrolled(view->person))
		return refuse(in, CODE_PERMISSION_DENIED, "", "登録された人だけが証明書を更新できます。",
			      "Only an enrolled person may renew a certificate.");
	if (view->certificates >= CERTIFICATES_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "",
			      "有効な証明書が32件あります。期限切れを待つか、管理者に相談してください。",
			      "There are 32 good certificates. Wait for one to end, or ask an administrator.");
	return check_device(in, request->device);
}

int person_revoke(const struct input *in, const struct person_view *view, const Revoke *request,
		  PersonRevoked *fact)
{
	int rc = administrator_only(in);
	size_t size = strlen(request->reason);

	if (!rc && !view->person)
		rc = person_unknown(in, "user");
	if (!rc && (size > REASON_BYTES || !text_valid(request->reason, size)))
		rc = wrong(in, "reason", "理由は1000バイト（全角で約333文字）以内にしてください。",
			   "The reason is at most 1000 bytes.");
	if (rc)
		return rc;
	if (!enrolled(view->person))
		return refuse(in, CODE_FAILED_PRECONDITION, "user", "この人はもう失効しています。",
			      "This person is revoked already.");
	if (view->person->profession == PROFESSION_ADMINISTRATOR && !view->other_administrator)
		return last_administrator(in);
	fact->reason = request->reason;
	return copy_person(in, view->person, ENROLMENT_STATE_REVOKED, &fact->person);
}

/* ---- whose contact hours ------------------------------------------------------------------ */

static int organisation_hours_set(const struct input *in, const struct hours_view *view,
				  const SetContactHours *request, ContactHoursSet *fact)
{
	if (!view->organisation)
		return organisation_unknown(in, "organisation");
	int rc = check_hours(in, "hours", request->hours, request->n_hours);
	if (rc)
		return rc;
	fact->organisation = arena_copy(in->arena, view->organisation, sizeof(Organisation));
	if (!fact->organisation)
		return ERR_NOMEM;
	fact->organisation->hours = request->hours;
	fact->organisation->n_hours = request->n_hours;
	return 0;
}

static int person_hours_set(const struct input *in, const struct hours_view *view,
			    const SetContactHours *request, ContactHoursSet *fact)
{
	if (!enrolled(view->person))
		return person_unknown(in, "user");
	if (request->organisation[0] &&
	    strcmp(request->organisation, view->person->organisation) != 0)
		return wrong(in, "organisation", "この人は別の事業所の職員です。",
			     "This person works for another organisation.");
	int rc = check_hours(in, "hours", request->hours, request->n_hours);
	if (!rc)
		rc = copy_person(in, view->person, view->person->state, &fact->person);
	if (rc)
		return rc;
	fact->person->hours = request->hours;
	fact->person->n_hours = request->n_hours;
	return 0;
}

/* The hours of an organisation, or of one of its people, are the business of whoever works there. */
int contact_hours_set(const struct input *in, const struct hours_view *view,
		      const SetContactHours *request, ContactHoursSet *fact)
{
	const char *own = in->actor.organisation; /* instances have none */
	const char *whose = request->user[0] ? view->person ? view->person->organisation : ""
			    : request->organisation[0] ? request->organisation
						       : own;

	if (!own || !own[0] || strcmp(own, whose) != 0) {
		int rc = administrator_only(in);
		if (rc)
			return rc;
	}
	return request->user[0] ? person_hours_set(in, view, request, fact)
				: organisation_hours_set(in, view, request, fact);
}

/* ---- the list of revoked certificates ----------------------------------------------------- */

int crl_renew(const struct input *in, const struct crl_view *view, const CrlDue *due,
	      CrlRenewed *fact)
{
	(void)in;
	(void)due;
	/* The first list was made by broker-config/pki, as number 1. */
	fact->number = (view->number ? view->number : 1) + 1;
	return 0;
}
