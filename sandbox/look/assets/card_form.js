/* The card form inside its frame. Talks to the page around it only, and only to the site named. */
(function () {
  "use strict";

  const CHANNEL = "sandbox-payment-element";
  const body = document.body;
  const site = body.dataset.site;
  const key = body.dataset.key;
  const form = document.getElementById("card");
  const fields = { number: form.elements.number, expiry: form.elements.expiry, cvc: form.elements.cvc };
  const touched = new Set();
  let isBusy = false;

  if (body.dataset.colour) document.documentElement.style.setProperty("--accent", body.dataset.colour);

  const tell = (message) => {
    if (site && window.parent !== window) {
      window.parent.postMessage(Object.assign({ channel: CHANNEL }, message), site);
    }
  };

  const digits = (text) => text.replace(/\D/g, "");

  const brand = (number) => {
    if (/^4/.test(number)) return "visa";
    if (/^3[47]/.test(number)) return "amex";
    if (/^(5[1-5]|2[2-7])/.test(number)) return "mastercard";
    return "";
  };

  const spaced = (number) => (brand(number) === "amex"
    ? [number.slice(0, 4), number.slice(4, 10), number.slice(10, 15)]
    : number.slice(0, 19).match(/.{1,4}/g) || []).filter(Boolean).join(" ");

  const passesCheck = (number) => {
    let sum = 0;
    [...number].reverse().forEach((digit, place) => {
      const value = Number(digit) * (place % 2 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    });
    return sum % 10 === 0;
  };

  const faults = {
    number(text) {
      const number = digits(text);
      const whole = brand(number) === "amex" ? 15 : 16;
      if (number.length < whole) return ["incomplete_number", "Your card number is incomplete."];
      return passesCheck(number) ? null : ["invalid_number", "Your card number is invalid."];
    },
    expiry(text) {
      const date = digits(text);
      if (date.length < 4) return ["incomplete_expiry", "Your card’s expiration date is incomplete."];
      const month = Number(date.slice(0, 2));
      const year = 2000 + Number(date.slice(2, 4));
      const now = new Date();
      if (month < 1 || month > 12) return ["invalid_expiry_month", "Your card’s expiration date is invalid."];
      if (year * 12 + month - 1 < now.getFullYear() * 12 + now.getMonth()) {
        return ["invalid_expiry_year_past", "Your card’s expiration date is in the past."];
      }
      return null;
    },
    cvc(text) {
      const wanted = brand(digits(fields.number.value)) === "amex" ? 4 : 3;
      return digits(text).length < wanted
        ? ["incomplete_cvc", "Your card’s security code is incomplete."] : null;
    },
  };

  const say = (name, message) => {
    const field = fields[name];
    const place = document.getElementById(name + "-error");
    place.textContent = message || "";
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    resize();
  };

  const shape = {
    number: (text) => spaced(digits(text)),
    expiry(text, before) {
      let date = digits(text).slice(0, 4);
      if (/^[2-9]/.test(date)) date = ("0" + date).slice(0, 4);
      const isRemoving = before !== undefined && text.length < before.length;
      if (date.length < 2 || (date.length === 2 && isRemoving)) return date;
      return date.slice(0, 2) + " / " + date.slice(2);
    },
    cvc: (text) => digits(text).slice(0, 4),
  };

  const reshape = (field) => {
    const text = field.value;
    const caret = field.selectionStart === null ? text.length : field.selectionStart;
    const isAtEnd = caret === text.length;
    const figures = digits(text.slice(0, caret)).length;
    const shaped = shape[field.name](text, field.dataset.before);
    field.dataset.before = shaped;
    if (shaped === text) return;
    field.value = shaped;
    if (isAtEnd || document.activeElement !== field) return;
    let place = 0;
    for (let seen = 0; place < shaped.length && seen < figures; place += 1) {
      if (/\d/.test(shaped[place])) seen += 1;
    }
    field.setSelectionRange(place, place);
  };

  const isComplete = () => Object.keys(fields).every((name) => !faults[name](fields[name].value));
  const isEmpty = () => Object.values(fields).every((field) => !field.value);
  const report = () => tell({
    type: "change",
    event: { complete: isComplete(), empty: isEmpty(), collapsed: false, value: { type: "card" } },
  });

  Object.entries(fields).forEach(([name, field]) => {
    field.addEventListener("input", () => {
      reshape(field);
      if (name === "number") form.dataset.brand = brand(digits(field.value));
      if (touched.has(name)) {
        const fault = faults[name](field.value);
        say(name, fault && fault[1]);
      }
      hideRefusal();
      report();
    });
    field.addEventListener("blur", () => {
      if (!field.value) return;
      touched.add(name);
      const fault = faults[name](field.value);
      say(name, fault && fault[1]);
    });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusin", () => tell({ type: "focus" }));
  form.addEventListener("focusout", () => tell({ type: "blur" }));

  const refusal = document.getElementById("refusal");
  const hideRefusal = () => {
    if (refusal.textContent) {
      refusal.textContent = "";
      resize();
    }
  };

  const check = () => {
    let first = null;
    Object.keys(fields).forEach((name) => {
      const fault = faults[name](fields[name].value);
      touched.add(name);
      say(name, fault && fault[1]);
      if (fault && !first) first = { name, code: fault[0], message: fault[1] };
    });
    if (!first) return null;
    fields[first.name].focus();
    return { type: "validation_error", code: first.code, message: first.message };
  };

  const written = () => {
    const date = digits(fields.expiry.value);
    const given = new URLSearchParams({
      "payment_method_data[type]": "card",
      "payment_method_data[card][number]": digits(fields.number.value),
      "payment_method_data[card][exp_month]": date.slice(0, 2),
      "payment_method_data[card][exp_year]": "20" + date.slice(2, 4),
      "payment_method_data[card][cvc]": fields.cvc.value,
    });
    const name = form.elements.name.value.trim();
    const code = form.elements.postal.value.trim();
    if (name) given.set("payment_method_data[billing_details][name]", name);
    if (code) given.set("payment_method_data[billing_details][address][postal_code]", code);
    return given;
  };

  const confirm = async (told) => {
    const fault = check();
    if (fault) return { error: fault };
    if (isBusy) return { error: { type: "invalid_request_error", message: "Your payment is already on its way." } };
    isBusy = true;
    form.setAttribute("aria-busy", "true");
    form.querySelectorAll("input").forEach((field) => { field.readOnly = true; });
    try {
      const given = written();
      given.set("client_secret", told.clientSecret);
      if (told.returnUrl) given.set("return_url", told.returnUrl);
      const intent = String(told.clientSecret).split("_secret_")[0];
      const response = await fetch("/v1/payment_intents/" + encodeURIComponent(intent) + "/confirm", {
        method: "POST", headers: { Authorization: "Bearer " + key }, body: given,
      });
      const answer = await response.json();
      if (response.ok) return { paymentIntent: answer };
      point(answer.error);
      return { error: answer.error };
    } catch {
      return { error: { type: "api_connection_error", message: "We could not reach the payment service. You have not been charged; please try again." } };
    } finally {
      isBusy = false;
      form.removeAttribute("aria-busy");
      form.querySelectorAll("input").forEach((field) => { field.readOnly = false; });
    }
  };

  const point = (error) => {
    const name = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" }[error.param];
    if (name) say(name, error.message);
    else {
      refusal.textContent = error.message;
      resize();
    }
  };

  document.getElementById("fill").addEventListener("click", () => {
    const year = String(new Date().getFullYear() + 4).slice(2);
    Object.assign(fields.number, { value: "4242 4242 4242 4242" });
    fields.expiry.value = "12 / " + year;
    fields.cvc.value = "123";
    form.dataset.brand = "visa";
    Object.keys(fields).forEach((name) => say(name, ""));
    hideRefusal();
    report();
    fields.cvc.focus();
  });

  window.addEventListener("message", async (event) => {
    if (!site || event.origin !== site || event.source !== window.parent) return;
    const told = event.data || {};
    if (told.channel !== CHANNEL) return;
    if (told.type === "confirm") tell({ type: "answer", number: told.number, answer: await confirm(told) });
    else if (told.type === "check") tell({ type: "answer", number: told.number, answer: { error: check() } });
    else if (told.type === "focus") fields.number.focus();
    else if (told.type === "blur" && document.activeElement) document.activeElement.blur();
    else if (told.type === "clear") form.reset();
  });

  function resize() {
    tell({ type: "resize", height: document.documentElement.getBoundingClientRect().height });
  }

  new ResizeObserver(resize).observe(document.documentElement);
  resize();
  tell({ type: "ready" });
})();
