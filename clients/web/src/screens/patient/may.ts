// Who may arrange a patient's care, as record has it (services/record/rules.c): the service decides; here
// it is only not offered to others.

import { Profession, type Me } from "../../gen/network_pb";

const ARRANGE = new Set([
	Profession.DOCTOR,
	Profession.NURSE,
	Profession.PHARMACIST,
	Profession.DENTIST,
	Profession.DENTAL_HYGIENIST,
	Profession.THERAPIST,
	Profession.LIAISON,
	Profession.CARE_MANAGER,
	Profession.CENTRE_STAFF,
]);

/** Registers patients, puts teams together (arranges). */
export const mayArrange = ({ person }: Me): boolean =>
	person !== undefined && ARRANGE.has(person.profession);

/** Sets the limits of a patient's vital signs (thresholds_set). */
export const maySetLimits = ({ person }: Me): boolean =>
	person?.profession === Profession.DOCTOR || person?.profession === Profession.NURSE;
