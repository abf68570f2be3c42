// Small comforts of the staff pages. Every page works without this file.
"use strict";

document.documentElement.classList.add("scripted");

// A form that changes something is sent once; the server makes sure, this only spares a click.
document.addEventListener("submit", (sending) => {
  const form = sending.target;
  if (form.method !== "post" || sending.defaultPrevented) return;
  const large = [...form.elements].find((field) => field.type === "file" && isTooLarge(field));
  if (large) {
    sending.preventDefault();
    large.reportValidity();
    return;
  }
  const buttons = form.querySelectorAll("button");
  // After the event, because a disabled button's name would not be sent.
  setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
});

// A file that is too large is refused when it is chosen, and not first after it was sent. Asked again
// at sending: no browser tells when a smaller file of the same name is chosen.
function isTooLarge(field) {
  const large = field.dataset.most
    && [...field.files].some((file) => file.size > Number(field.dataset.most));
  field.setCustomValidity(large ? field.dataset.tooLarge : "");
  return large;
}

document.addEventListener("change", (chosen) => {
  if (chosen.target.type === "file" && isTooLarge(chosen.target)) chosen.target.reportValidity();
});

// Coming back by the browser's own button must find the form usable.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[method=post] button").forEach((button) => { button.disabled = false; });
});

// On a narrow screen the menu and the tabs scroll sideways; where somebody is must be in sight.
for (const here of document.querySelectorAll(".menu [aria-current], .tabs [aria-current]")) {
  const bar = here.closest(".menu, .tabs");
  bar.scrollLeft += here.getBoundingClientRect().right - bar.getBoundingClientRect().right;
}

// What is wrong comes first.
const problem = document.getElementById("problem");
if (problem) {
  problem.tabIndex = -1;
  problem.focus();
}
