// Passkeys: the browser talks to the device, the form carries its answer to the server.
// A form says what it wants: data-passkey="add" or "use"; its options lie in #passkey-options, or
// are fetched from the form's own address. Sending the form starts. Without passkeys it stays
// hidden, and what the page says in its place, [data-passkey-none], stands.
"use strict";

const bytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
  (letter) => letter.charCodeAt(0),
);
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (items) => (items || []).map((item) => ({ ...item, id: bytes(item.id) }));

async function add(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
      // Stored on the device and unlocked there, so that it is enough by itself.
      authenticatorSelection: {
        ...options.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return {
    type: made.type,
    id: made.id,
    rawId: text(made.rawId),
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
}

async function use(options) {
  const given = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: listed(options.allowCredentials),
    },
  });
  const handle = given.response.userHandle;
  return {
    type: given.type,
    id: given.id,
    rawId: text(given.rawId),
    authenticatorAttachment: given.authenticatorAttachment,
    clientExtensionResults: given.getClientExtensionResults(),
    response: {
      clientDataJSON: text(given.response.clientDataJSON),
      authenticatorData: text(given.response.authenticatorData),
      signature: text(given.response.signature),
      userHandle: handle ? text(handle) : null,
    },
  };
}

async function options(form) {
  const here = document.getElementById("passkey-options");
  if (here) return JSON.parse(here.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return answer.json();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  for (const said of document.querySelectorAll("[data-passkey-none]")) said.hidden = true;
  const failed = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // sent below, once the device has answered; that asks for no submit event
    failed.hidden = true;
    try {
      const wanted = await options(form);
      const answer = form.dataset.passkey === "add"
        ? await add((wanted.creation_options || wanted).publicKey)
        : await use((wanted.request_options || wanted).publicKey);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      failed.hidden = false; // stopped by the person, or the device has none for this site
    }
  });
}
