#include "rules.h"

#include <string.h>

#include "attachment.h"
#include "concern.h"
#include "cover.h"
#include "entry.h"
#include "field.h"
#include "text.h"
#include "vitals.h"

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- who may see a patient ---------------------------------------------------------------- */

bool is_clinician(Profession profession)
{
	switch (profession) {
	case PROFESSION_DOCTOR:
	case PROFESSION_NURSE:
	case PROFESSION_PHARMACIST:
	case PROFESSION_DENTIST:
	case PROFESSION_DENTAL_HYGIENIST:
	case PROFESSION_THERAPIST:
	case PROFESSION_LIAISON:
		return true;
	default:
		return false;
	}
}

/* Who ever works with patients; the others never see one, wherever they are employed. */
static bool cares(Profession profession)
{
	return is_clinician(profession) || profession == PROFESSION_CARE_MANAGER ||
	       profession == PROFESSION_HELPER || profession == PROFESSION_CENTRE_STAFF;
}

/* Who arranges care: registers patients, puts together teams. */
static bool arranges(Profession profession)
{
	return is_clinician(profession) || profession == PROFESSION_CARE_MANAGER ||
	       profession == PROFESSION_CENTRE_STAFF;
}

static struct person_ref ref_of(const struct actor *actor)
{
	return (struct person_ref){ actor->user, actor->organisation, actor->profession };
}

Accessed_Right access_right(const PatientView *view, const struct actor *actor, int64_t now_ms,
			    int64_t steady_ms)
{
	if (!view || !cares(actor->profession))
		return ACCESSED_RIGHT_UNSPECIFIED;
	if (same(view->patient->registered_by, actor->organisation))
		return ACCESSED_RIGHT_REGISTRAR;
	for (size_t i = 0; view->patient->team_consent && i < view->n_team; i++)
		if (member_covers(view->team[i], ref_of(actor)) &&
		    member_valid(view->team[i], now_ms))
			return ACCESSED_RIGHT_TEAM;
	if (view->covered && view->patient->cover_consent &&
	    actor->profession == PROFESSION_DOCTOR)
		return ACCESSED_RIGHT_COVER;
	for (size_t i = 0; i < view->n_grants; i++)
		if (same(view->grants[i]->user, actor->user) &&
		    steady_ms < view->grants[i]->until_steady_ms)
			return ACCESSED_RIGHT_BREAK_GLASS;
	return ACCESSED_RIGHT_UNSPECIFIED;
}

Accessed_Right audit_right(const PatientView *view, const struct actor *actor, int64_t now_ms,
			   int64_t steady_ms)
{
	if (!view)
		return ACCESSED_RIGHT_UNSPECIFIED;
	if (actor->profession == PROFESSION_ADMINISTRATOR)
		return ACCESSED_RIGHT_AUDIT;
	Accessed_Right right = access_right(view, actor, now_ms, steady_ms);
	if (right == ACCESSED_RIGHT_REGISTRAR)
		return right;
	for (size_t i = 0; right == ACCESSED_RIGHT_TEAM && i < view->n_team; i++)
		if (view->team[i]->role == TEAM_ROLE_ATTENDING &&
		    actor->profession == PROFESSION_DOCTOR &&
		    member_covers(view->team[i], ref_of(actor)))
			return right;
	return ACCESSED_RIGHT_UNSPECIFIED;
}

int access_refused(const struct input *in)
{
	return refuse(in, CODE_PERMISSION_DENIED, "",
		      "この患者は登録されていないか、閲覧の権限がありません。",
		      "There is no such patient, or you have no right to this record.");
}

/* They may see the patient, so this may say more. */
static int not_yours_to_do(const struct input *in)
{
	return refuse(in, CODE_PERMISSION_DENIED, "",
		      "この操作は、あなたの職種または現在の権限では行えません。主治医・看護師・ケアマネジャーに頼んでください。",
		      "Your profession or your present right does not allow this. Ask the attending doctor, "
		      "the nurse or the care manager.");
}

/* Is the actor on the team without end? Who takes over a visit is there for that alone. */
static bool stays(const PatientView *view, const struct actor *actor)
{
	for (size_t i = 0; i < view->n_team; i++)
		if (!view->team[i]->until_ms && member_covers(view->team[i], ref_of(actor)))
			return true;
	return false;
}

/* For what concerns the patient's care as a whole: by the organisation or the team, not by cover,
 * through broken glass or for the time of a visit, which are for reading and for noting what was
 * done. */
static int need_standing(const struct input *in, const PatientView *view, bool profession_may,
			 Accessed_Right *right)
{
	*right = access_right(view, &in->actor, in->now_ms, in->steady_ms);
	if (*right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	if (!profession_may || (*right != ACCESSED_RIGHT_REGISTRAR &&
				(*right != ACCESSED_RIGHT_TEAM || !stays(view, &in->actor))))
		return not_yours_to_do(in);
	return 0;
}

/* ---- what is said of a patient ------------------------------------------------------------ */

static int check_contact(const struct input *in, const ContactPoint *contact)
{
	if (!contact)
		return 0;
	int rc = field_text(in, "patient.emergency_contact.name", contact->name, 0, 200);
	if (!rc)
		rc = field_text(in, "patient.emergency_contact.relation", contact->relation, 0, 100);
	if (!rc)
		rc = field_text(in, "patient.emergency_contact.phone", contact->phone, 0, 64);
	return rc;
}

static int check_identifiers(const struct input *in, const Patient *patient)
{
	int rc = field_count(in, "patient.insurance_numbers", patient->n_insurance_numbers, 8);
	if (!rc)
		rc = field_count(in, "patient.identifiers", patient->n_identifiers, 16);
	for (size_t i = 0; !rc && i < patient->n_insurance_numbers; i++)
		rc = field_text(in, "patient.insurance_numbers", patient->insurance_numbers[i], 1, 100);
	for (size_t i = 0; !rc && i < patient->n_identifiers; i++) {
		rc = field_text(in, "patient.identifiers.system", patient->identifiers[i]->system, 1, 500);
		if (!rc)
			rc = field_text(in, "patient.identifiers.value", patient->identifiers[i]->value, 1,
					200);
	}
	return rc;
}

static int check_patient(const struct input *in, const Patient *patient)
{
	if (!patient)
		return field_invalid(in, "patient", "患者の内容がありません。", "The patient is missing.");
	int rc = field_text(in, "patient.name", patient->name, 1, 200);
	if (!rc)
		rc = field_text(in, "patient.kana", patient->kana, 0, 200);
	if (!rc && !text_valid(patient->kana, strlen(patient->kana)))
		rc = field_invalid(in, "patient.kana", "フリガナに使えない文字（制御文字）があります。",
				   "The kana holds control characters.");
	if (!rc)
		rc = field_born(in, "patient.born", patient->born);
	if (!rc)
		rc = field_text(in, "patient.address", patient->address, 0, 500);
	if (!rc)
		rc = field_text(in, "patient.district", patient->district, 0, 100);
	if (!rc)
		rc = field_text(in, "patient.phone", patient->phone, 0, 64);
	if (!rc)
		rc = check_contact(in, patient->emergency_contact);
	return rc ? rc : check_identifiers(in, patient);
}

/* Kana as they are shown: full-width katakana. */
static Patient *copy_patient(const struct input *in, const Patient *patient)
{
	Patient *copy = arena_copy(in->arena, patient, sizeof(*patient));
	char *kana = text_katakana(in->arena, patient->kana);
	if (!copy || !kana)
		return NULL;
	copy->kana = kana;
	return copy;
}

static bool folds_equal(struct arena *arena, const char *a, const char *b)
{
	const char *x = text_fold(arena, a), *y = text_fold(arena, b);
	return x && y && same(x, y);
}

/* The identifier is known: is it the same person? A name changes by marriage, a birth date by a slip
 * of the pen, both together hardly ever. */
static int known_already(const struct input *in, const Patient *known, const Patient *patient)
{
	if (!same(known->born, patient->born) && !folds_equal(in->arena, known->name, patient->name))
		return refuse(in, CODE_INVALID_ARGUMENT, "patient.identifiers",
			      "この識別番号は別の人のものです（氏名も生年月日も異なります）。番号を確かめてください。",
			      "This identifier belongs to somebody else: name and birth date both differ.");
	refuse(in, CODE_ALREADY_EXISTS, "patient.identifiers", "この患者はすでに登録されています。",
	       "This patient is registered already.");
	in->refusal->id = known->id;
	return ERR_REFUSED;
}

int patient_register(const struct input *in, const struct register_rule *view,
		     const RegisterPatient *request, PatientRegistered *fact)
{
	bool consent = request->consent_given_on[0] != '\0';

	if (!cares(in->actor.profession))
		return refuse(in, CODE_PERMISSION_DENIED, "",
			      "患者を登録できるのは、医療・介護に携わる人だけです。",
			      "Only people who care for patients may register one.");
	int rc = check_patient(in, request->patient);
	if (!rc && consent)
		rc = field_paper_date(in, "consent_given_on", request->consent_given_on);
	if (rc)
		return rc;
	if (view->known)
		return known_already(in, view->known->patient, request->patient);

	Patient *patient = fact->patient = copy_patient(in, request->patient);
	if (!patient)
		return ERR_NOMEM;
	patient->id = arena_string(in->arena, in->id);
	patient->registered_by = arena_string(in->arena, in->actor.organisation);
	patient->team_consent = consent;
	patient->cover_consent = false;
	fact->consent_given_on = request->consent_given_on;
	fact->registrar_profession =
		view->organisation ? member_profession(TEAM_ROLE_MEMBER, view->organisation->kind) :
				     in->actor.profession;
	return 0;
}

int patient_update(const struct input *in, const struct patient_rule *view,
		   const UpdatePatient *request, PatientUpdated *fact)
{
	int rc = need_standing(in, view->patient, arranges(in->actor.profession), &fact->right);
	if (!rc)
		rc = check_patient(in, request->patient);
	if (rc)
		return rc;
	const Patient *before = view->patient->patient;
	Patient *patient = fact->patient = copy_patient(in, request->patient);
	if (!patient)
		return ERR_NOMEM;
	/* Identifiers belong to the source that registered; flags and consents have facts of their own. */
	patient->id = before->id;
	patient->registered_by = before->registered_by;
	patient->identifiers = before->identifiers;
	patient->n_identifiers = before->n_identifiers;
	patient->unstable = before->unstable;
	patient->team_consent = before->team_consent;
	patient->cover_consent = before->cover_consent;
	return 0;
}

int consent_record(const struct input *in, const struct patient_rule *view,
		   const RecordConsent *request, ConsentRecorded *fact)
{
	int rc = need_standing(in, view->patient, true, &fact->right);
	if (rc)
		return rc;
	if (request->scope == CONSENT_SCOPE_UNSPECIFIED)
		return field_invalid(in, "scope", "同意の範囲（チーム共有か当番医の閲覧）を選んでください。",
				     "Say what the consent is for: team or cover.");
	rc = field_paper_date(in, "on", request->on);
	if (rc)
		return rc;
	fact->patient = request->patient;
	fact->scope = request->scope;
	fact->given = request->given;
	fact->on = request->on;
	bool cover = request->scope == CONSENT_SCOPE_COVER;
	fact->team_consent = cover ? view->patient->patient->team_consent : request->given;
	fact->cover_consent = cover ? request->given : view->patient->patient->cover_consent;
	return 0;
}

int thresholds_set(const struct input *in, const struct patient_rule *view,
		   const SetThresholds *request, ThresholdsSet *fact)
{
	Profession profession = in->actor.profession;
	const char *field;

	int rc = need_standing(in, view->patient,
			       profession == PROFESSION_DOCTOR || profession == PROFESSION_NURSE,
			       &fact->right);
	if (rc)
		return rc;
	fact->patient = request->patient;
	fact->thresholds = request->thresholds ? request->thresholds : NEW(Thresholds, in->arena);
	if (!fact->thresholds)
		return ERR_NOMEM;
	if (thresholds_check(fact->thresholds, &field))
		return field_invalid(in, arena_printf(in->arena, "thresholds.%s", field),
				     "あり得ない値か、下限が上限より高くなっています。",
				     "No patient has such a value, or the lower limit is above the upper.");
	return 0;
}

int unstable_set(const struct input *in, const struct patient_rule *view,
		 const SetUnstable *request, UnstableSet *fact)
{
	int rc = need_standing(in, view->patient, arranges(in->actor.profession), &fact->right);
	if (rc)
		return rc;
	if (view->patient->patient->unstable == request->unstable)
		return ERR_NOTHING;
	fact->patient = request->patient;
	fact->unstable = request->unstable;
	return 0;
}

int glass_break(const struct input *in, const struct patient_rule *view, const BreakGlass *request,
		GlassBroken *fact)
{
	if (!is_clinician(in->actor.profession))
		return access_refused(in);
	/* Before the patient is looked for: who gives no reason does not even learn that there is one. */
	int rc = field_text(in, "reason", request->reason, 1, 1000);
	if (rc)
		return rc;
	if (!view->patient)
		return access_refused(in);
	Accessed_Right right = access_right(view->patient, &in->actor, in->now_ms, in->steady_ms);
	if (right == ACCESSED_RIGHT_REGISTRAR || right == ACCESSED_RIGHT_TEAM ||
	    right == ACCESSED_RIGHT_COVER)
		return refuse(in, CODE_FAILED_PRECONDITION, "patient",
			      "この患者は緊急閲覧をしなくても開けます。",
			      "You may open this patient without breaking the glass.");
	fact->patient = request->patient;
	fact->reason = request->reason;
	fact->until_ms = in->now_ms + GLASS_MS;
	return 0;
}

/* ---- the team ----------------------------------------------------------------------------- */

Profession member_profession(TeamRole role, OrganisationKind kind)
{
	if (role == TEAM_ROLE_ATTENDING || role == TEAM_ROLE_DEPUTY || role == TEAM_ROLE_SPECIALIST)
		return PROFESSION_DOCTOR;
	switch (kind) {
	case ORGANISATION_KIND_CLINIC:
		return PROFESSION_DOCTOR;
	case ORGANISATION_KIND_NURSE_STATION:
		return PROFESSION_NURSE;
	case ORGANISATION_KIND_HOSPITAL:
		return PROFESSION_LIAISON;
	case ORGANISATION_KIND_PHARMACY:
		return PROFESSION_PHARMACIST;
	case ORGANISATION_KIND_CARE_MANAGEMENT_OFFICE:
		return PROFESSION_CARE_MANAGER;
	case ORGANISATION_KIND_HELPER_OFFICE:
		return PROFESSION_HELPER;
	case ORGANISATION_KIND_REHABILITATION:
		return PROFESSION_THERAPIST;
	case ORGANISATION_KIND_SUPPORT_CENTRE:
		return PROFESSION_CENTRE_STAFF;
	default: /* a dental clinic: dentist and hygienist work together */
		return PROFESSION_UNSPECIFIED;
	}
}

static int team_change(PatientView *view, const TeamNotice *notice, struct arena *arena)
{
	struct team team = { .members = view->team, .n_members = view->n_team };
	bool done = team_after(&team, notice, arena);

	view->team = team.members;
	view->n_team = team.n_members;
	return done ? 0 : ERR_NOMEM;
}

int team_put(PatientView *view, TeamMember *member, struct arena *arena)
{
	TeamNotice notice = TeamNotice_INIT;

	notice.member = member;
	return team_change(view, &notice, arena);
}

void team_remove(PatientView *view, const TeamMemberRemoved *gone)
{
	TeamNotice notice = TeamNotice_INIT;
	TeamMember member = TeamMember_INIT;

	member.organisation = gone->organisation;
	member.user = gone->user;
	member.referral = gone->referral;
	notice.member = &member;
	notice.removed = true;
	team_change(view, &notice, NULL);
}

/* Whom the request means: the person's organisation and profession are the directory's to say. */
static int find_member(const struct input *in, const struct member_rule *view,
		       const TeamMember *asked, TeamMember *member)
{
	member->role = asked->role ? asked->role : TEAM_ROLE_MEMBER;
	if (asked->user[0]) {
		if (!view->person || view->person->state != ENROLMENT_STATE_ENROLLED ||
		    (asked->organisation[0] && !same(asked->organisation, view->person->organisation)))
			return refuse(in, CODE_NOT_FOUND, "member.user", "この人は登録されていません。",
				      "Nobody of that name is enrolled there.");
		member->user = view->person->id;
		member->organisation = view->person->organisation;
		member->profession = view->person->profession;
	} else {
		if (!view->organisation || view->organisation->left)
			return refuse(in, CODE_NOT_FOUND, "member.organisation",
				      "この事業所は登録されていません。",
				      "No such organisation takes part.");
		member->organisation = view->organisation->id;
		member->profession = asked->profession ?
					     asked->profession :
					     member_profession(member->role, view->organisation->kind);
	}
	if ((member->profession && !cares(member->profession)) ||
	    (view->organisation && view->organisation->kind == ORGANISATION_KIND_CITY_OFFICE))
		return field_invalid(in, asked->user[0] ? "member.user" : "member.organisation",
				     "行政・管理の担当者はケアチームに入れません。",
				     "Offices and administrators are not part of a care team.");
	return 0;
}

static bool has_doctors(OrganisationKind kind)
{
	return kind == ORGANISATION_KIND_CLINIC || kind == ORGANISATION_KIND_HOSPITAL ||
	       kind == ORGANISATION_KIND_DENTAL_CLINIC;
}

static int check_role(const struct input *in, const struct member_rule *rule,
		      const TeamMember *member)
{
	const TeamMember *attending = team_attending(rule->patient);
	bool doctors = member->role == TEAM_ROLE_ATTENDING || member->role == TEAM_ROLE_DEPUTY ||
		       member->role == TEAM_ROLE_SPECIALIST;

	if (doctors && member->profession != PROFESSION_DOCTOR &&
	    member->profession != PROFESSION_DENTIST)
		return field_invalid(in, "member.role", "この役割は医師だけが担えます。",
				     "Only a doctor has this role.");
	if (doctors && !member->user[0] && !has_doctors(rule->organisation->kind))
		return field_invalid(in, "member.organisation",
				     "この役割は診療所か病院だけが担えます。",
				     "Only a clinic or a hospital has this role.");
	if (member->role == TEAM_ROLE_DEPUTY && !member->user[0] && attending &&
	    same(attending->organisation, member->organisation))
		return field_invalid(in, "member.role",
				     "主治医の機関を副主治医にすることはできません。ほかの診療所を選んでください。",
				     "The clinic that attends is not its own deputy. Choose another one.");
	return 0;
}

/* The deputy attends from now on: then who attended is the deputy. A colleague in the same clinic who
 * attends in its place has no need of that. */
static int exchange(const struct input *in, const PatientView *view, const TeamMember *member,
		    TeamMember **also)
{
	const TeamMember *attending = team_attending(view);

	if (member->role != TEAM_ROLE_ATTENDING || !attending || member_same(attending, member) ||
	    same(attending->organisation, member->organisation))
		return 0;
	for (size_t i = 0; i < view->n_team; i++) {
		if (view->team[i]->role != TEAM_ROLE_DEPUTY || !member_same(view->team[i], member))
			continue;
		*also = arena_copy(in->arena, attending, sizeof(*attending));
		if (!*also)
			return ERR_NOMEM;
		(*also)->role = TEAM_ROLE_DEPUTY;
	}
	return 0;
}

int team_member_add(const struct input *in, const struct member_rule *view,
		    const AddTeamMember *request, TeamMemberAdded *fact)
{
	int rc = need_standing(in, view->patient, arranges(in->actor.profession), &fact->right);
	if (rc)
		return rc;
	if (!request->member)
		return field_invalid(in, "member", "誰を加えるかを指定してください。",
				     "Say who joins the team.");
	fact->patient = request->patient;
	fact->member = NEW(TeamMember, in->arena);
	if (!fact->member)
		return ERR_NOMEM;
	rc = find_member(in, view, request->member, fact->member);
	if (rc)
		return rc;
	rc = check_role(in, view, fact->member);
	if (rc)
		return rc;
	if (view->patient->n_team >= TEAM_MAX)
		return refuse(in, CODE_RESOURCE_EXHAUSTED, "member",
			      "ケアチームの人数が上限に達しています。外れた人を除いてください。",
			      "The team is full. Remove those who have left.");
	return exchange(in, view->patient, fact->member, &fact->also);
}

int team_member_remove(const struct input *in, const struct patient_rule *view,
		       const RemoveTeamMember *request, TeamMemberRemoved *fact)
{
	Accessed_Right right = access_right(view->patient, &in->actor, in->now_ms, in->steady_ms);
	/* Anyone may take themselves out. */
	bool oneself = request->user[0] && same(request->user, in->actor.user);
	int rc = need_standing(in, view->patient, arranges(in->actor.profession) || oneself, &right);
	if (rc)
		return rc;
	fact->right = right;
	for (size_t i = 0; i < view->patient->n_team; i++) {
		const TeamMember *member = view->patient->team[i];
		if (!same(member->user, request->user) ||
		    (!request->user[0] && !same(member->organisation, request->organisation)))
			continue;
		fact->patient = request->patient;
		fact->organisation = member->organisation;
		fact->user = member->user;
		return 0;
	}
	return refuse(in, CODE_NOT_FOUND, request->user[0] ? "user" : "organisation",
		      "ケアチームにいません。", "Not on the team.");
}

/* ---- entries ------------------------------------------------------------------------------ */

static bool has_concern(const Entry *entry, Concern concern)
{
	for (size_t i = 0; i < entry->n_concerns; i++)
		if (entry->concerns[i] == concern)
			return true;
	return false;
}

/* A list of enums in protobuf-c is an array of values. There are three concerns at most. */
static void add_concern(Entry *entry, Concern concern)
{
	if (concern && !has_concern(entry, concern))
		entry->concerns[entry->n_concerns++] = concern;
}

/* Its own, those of the medicine that it stops or changes, and those of what it corrects: whoever
 * cared about that cares about this. */
static int find_concerns(const struct input *in, const struct entry_rule *view, Entry *entry)
{
	const Entry *others[] = { view->corrected, view->replaced };
	size_t most = (size_t)Concern_descriptor.n_values;

	entry->n_concerns = 0;
	entry->concerns = arena_alloc(in->arena, most * sizeof(*entry->concerns));
	if (!entry->concerns)
		return ERR_NOMEM;
	if (entry->kind == ENTRY_KIND_MEDICATION)
		add_concern(entry, concern_of_medicine(in->arena, entry->medication->code,
						       entry->medication->name));
	if (entry->kind == ENTRY_KIND_RENAL)
		add_concern(entry, CONCERN_RENAL_FUNCTION);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; others[i] && j < others[i]->n_concerns; j++)
			add_concern(entry, others[i]->concerns[j]);
	return 0;
}

/* Where it names a medicine to change or stop, that must be there and stand; its name is taken over,
 * so that a reader need not look it up. */
static int check_replaced(const struct input *in, const struct entry_rule *view, Entry *entry)
{
	if (entry->kind != ENTRY_KIND_MEDICATION || !entry->medication->replaces[0])
		return 0;
	const Entry *replaced = view->replaced;
	Medication *medication;

	if (!replaced || replaced->kind != ENTRY_KIND_MEDICATION)
		return field_invalid(in, "entry.medication.replaces",
				     "この患者の処方の記録ではありません。",
				     "That is no medication entry of this patient.");
	if (!view->replaced_stands)
		return refuse(in, CODE_FAILED_PRECONDITION, "entry.medication.replaces",
			      "この処方はすでに中止・変更または訂正されています。最新の記録を確かめてください。",
			      "This medicine was stopped, changed or corrected already. Look at the newest entry.");
	medication = entry->medication =
		arena_copy(in->arena, entry->medication, sizeof(*entry->medication));
	if (!medication)
		return ERR_NOMEM;
	medication->replaces = replaced->id; /* the newest version of what was meant */
	if (!medication->name[0] || (medication->action == MEDICATION_ACTION_STOP && !medication->code[0] &&
				     same(medication->name, replaced->medication->name))) {
		medication->name = replaced->medication->name;
		medication->code = replaced->medication->code;
		medication->code_system = replaced->medication->code_system;
	}
	return 0;
}

static int check_links(const struct input *in, const struct entry_rule *view, Entry *entry)
{
	if (entry->corrects[0] && !view->corrected)
		return field_invalid(in, "entry.corrects", "この患者の記録ではありません。",
				     "That is no entry of this patient.");
	if (entry->kind == ENTRY_KIND_ANSWER &&
	    (!view->question || view->question->kind != ENTRY_KIND_QUESTION))
		return field_invalid(in, "entry.answer.question", "この患者への質問ではありません。",
				     "That is no question about this patient.");
	return check_replaced(in, view, entry);
}

/* Anyone who has access may answer a question, asked or not: who knows, says so, and the author
 * stands beside it. */
static int check_entry(const struct input *in, const struct entry_rule *view, Entry *entry)
{
	int rc = entry_check(in, entry);
	if (!rc)
		rc = attachments_check(in, entry, view->uploads);
	if (rc)
		return rc;
	if (entry->source && !entry->source->system[0] && !entry->source->value[0])
		entry->source = NULL;
	if (entry->source) {
		rc = field_text(in, "entry.source.system", entry->source->system, 1, 500);
		if (!rc)
			rc = field_text(in, "entry.source.value", entry->source->value, 1, 200);
		if (rc)
			return rc;
	}
	if (view->known) {
		refuse(in, CODE_ALREADY_EXISTS, "entry.source", "この記録はすでに取り込まれています。",
		       "This entry is here already.");
		in->refusal->id = view->known;
		return ERR_REFUSED;
	}
	return check_links(in, view, entry);
}

/* What a person says who marks it urgent. */
static int check_urgency(const struct input *in, const Entry *entry)
{
	int rc = field_text(in, "entry.urgent_reason", entry->urgent_reason, 0, URGENT_REASON_BYTES);

	if (!rc && entry->urgent_reason[0] && !entry->urgent)
		rc = field_invalid(in, "entry.urgent_reason",
				   "至急の理由は、至急の記録にだけ書けます。至急にするか、理由を消してください。",
				   "Only an urgent entry has a reason for it. Mark it urgent, or leave the "
				   "reason out.");
	return rc;
}

/* Out of range is urgent by itself, unless it is a story of days gone by (an import). */
static int find_urgency(const struct input *in, const struct entry_rule *view, Entry *entry)
{
	const char *said = entry->urgent_reason, *limit = "";

	int rc = check_urgency(in, entry);
	if (rc)
		return rc;
	if (entry->kind == ENTRY_KIND_VITAL_SIGNS)
		limit = vitals_urgent(in->arena, entry->vital_signs, view->patient->thresholds);
	if (*limit) {
		bool fresh = entry->occurred_ms >= in->now_ms - FRESH_MS;
		entry->urgent_reason = arena_printf(in->arena, "%s%s%s", limit, *said ? "; " : "",
						    said);
		entry->limit_passed = fresh && !entry->urgent;
		entry->urgent |= fresh;
	}
	if (entry->everyone && !entry->urgent)
		return field_invalid(in, "entry.everyone",
				     "全員の応答を求められるのは、至急の記録だけです。",
				     "Everyone can be asked to accept only what is urgent.");
	return 0;
}

static void link_correction(const struct input *in, const struct entry_rule *view, EntryAdded *fact)
{
	const Entry *entry = fact->entry;

	fact->infection = entry->kind == ENTRY_KIND_PRECAUTION && entry->precaution->infection;
	if (!view->original)
		return;
	fact->original = arena_string(in->arena, view->original->original);
	fact->original_kind = view->original->original_kind;
	fact->infection |= view->original->infection;
}

void entry_stamp(const struct input *in, Entry *entry, const struct actor *author)
{
	entry->kind = entry_kind(entry);
	entry->id = arena_string(in->arena, in->id);
	entry->position = 0; /* the views say */
	entry->recorded_ms = in->time_ms; /* the order of the timeline */
	if (!entry->occurred_ms)
		entry->occurred_ms = in->now_ms;
	entry->author = arena_string(in->arena, author->user);
	entry->organisation = arena_string(in->arena, author->organisation);
	entry->profession = author->profession;
	entry->limit_passed = false; /* find_urgency says */
	entry->unread = false;
	entry->n_corrected_by = 0;
	entry->readers = 0;
}

int entry_add(const struct input *in, const struct entry_rule *view, const AddEntry *request,
	      EntryAdded *fact)
{
	if (!request->entry)
		return field_invalid(in, "entry", "記録の内容がありません。",
				     "The entry has no content.");
	fact->right = access_right(view->patient, &in->actor, in->now_ms, in->steady_ms);
	if (fact->right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	Entry *entry = fact->entry = arena_copy(in->arena, request->entry, sizeof(*request->entry));
	if (!entry)
		return ERR_NOMEM;
	entry_stamp(in, entry, &in->actor);
	int rc = check_entry(in, view, entry);
	if (!rc)
		rc = find_concerns(in, view, entry);
	if (rc)
		return rc;
	rc = find_urgency(in, view, entry);
	if (rc)
		return rc;
	link_correction(in, view, fact);
	if (entry->kind == ENTRY_KIND_ANSWER)
		fact->asked_by = view->question->author;
	return 0;
}

int entries_mark_read(const struct input *in, const struct mark_rule *view, const MarkRead *request,
		      EntriesRead *fact)
{
	fact->right = access_right(view->patient, &in->actor, in->now_ms, in->steady_ms);
	if (fact->right == ACCESSED_RIGHT_UNSPECIFIED)
		return access_refused(in);
	int rc = field_count(in, "entries", request->n_entries, MARKED_MAX);
	if (rc)
		return rc;
	if (view->strange)
		return field_invalid(in, "entries", "この患者の記録ではありません。",
				     "One of these is no entry of this patient.");
	if (view->n_unread == 0)
		return ERR_NOTHING;
	fact->patient = request->patient;
	fact->entries = view->unread;
	fact->n_entries = view->n_unread;
	return 0;
}
