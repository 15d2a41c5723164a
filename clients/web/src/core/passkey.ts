// Passkeys, as the browser makes them and directory wants them.

import type { Bytes } from "./bytes";

const own = (bytes: Uint8Array): Bytes => bytes.slice() as Bytes;

/** @throws DOMException the person stopped it, or there is no such passkey here */
export async function signWithPasskey(challenge: Uint8Array, passkeys: Uint8Array[]) {
	const given = (await navigator.credentials.get({
		publicKey: {
			challenge: own(challenge),
			allowCredentials: passkeys.map((id) => ({ type: "public-key", id: own(id) })),
			userVerification: "required",
		},
	})) as PublicKeyCredential;
	const answer = given.response as AuthenticatorAssertionResponse;
	return {
		credential: new Uint8Array(given.rawId),
		authenticatorData: new Uint8Array(answer.authenticatorData),
		clientData: new Uint8Array(answer.clientDataJSON),
		signature: new Uint8Array(answer.signature),
	};
}

/** @throws DOMException */
export async function makePasskey(user: string, displayName: string, have: Uint8Array[]) {
	const made = (await navigator.credentials.create({
		publicKey: {
			rp: { name: "つなぎ" },
			user: { id: new TextEncoder().encode(user), name: user, displayName },
			challenge: crypto.getRandomValues(new Uint8Array(32)),
			pubKeyCredParams: [{ type: "public-key", alg: -7 }], // ES256
			excludeCredentials: have.map((id) => ({ type: "public-key", id: own(id) })),
			authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
		},
	})) as PublicKeyCredential;
	const answer = made.response as AuthenticatorAttestationResponse;
	return {
		credential: new Uint8Array(made.rawId),
		publicKey: new Uint8Array(answer.getPublicKey() ?? new ArrayBuffer(0)),
		authenticatorData: new Uint8Array(answer.getAuthenticatorData()),
		clientData: new Uint8Array(answer.clientDataJSON),
	};
}
