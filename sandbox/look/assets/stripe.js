/* window.Stripe of the sandbox: the part of Stripe.js that a card payment needs. */
(function () {
  "use strict";

  const home = new URL(document.currentScript.src).origin;
  const site = window.location.origin;
  const CHANNEL = "sandbox-payment-element";
  const API = home + "/v1/payment_intents/";
  let asked = 0;

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  function intentOf(clientSecret) {
    const id = String(clientSecret || "").split("_secret_")[0];
    if (!/^pi_\w+$/.test(id)) {
      throw new IntegrationError("Invalid value for clientSecret: it should look like pi_..._secret_...");
    }
    return id;
  }

  class PaymentElement {
    constructor(elements, key, options) {
      this.elements = elements;
      this.key = key;
      this.options = options || {};
      this.listeners = {};
      this.waiting = new Map();
      this.frame = null;
      this.isReady = false;
      this.hear = this.hear.bind(this);
    }

    mount(place) {
      const parent = typeof place === "string" ? document.querySelector(place) : place;
      if (!parent) {
        throw new IntegrationError("The selector you specified (" + place + ") applies to no element.");
      }
      this.unmount();
      const appearance = this.elements.appearance;
      const query = new URLSearchParams({
        key: this.key,
        site: site,
        theme: appearance.theme || "stripe",
        colour: (appearance.variables && appearance.variables.colorPrimary) || "",
      });
      const frame = document.createElement("iframe");
      frame.title = "Secure card payment";
      frame.name = "sandbox-payment-" + ++asked;
      frame.allow = "payment *";
      frame.src = home + "/elements/payment?" + query;
      Object.assign(frame.style, {
        display: "block", width: "100%", height: "330px", border: "0", background: "transparent",
        colorScheme: "light", // as the frame's own page: where the two differ, it is opaque
      });
      window.addEventListener("message", this.hear);
      parent.replaceChildren(frame);
      this.frame = frame;
      return this;
    }

    unmount() {
      window.removeEventListener("message", this.hear);
      if (this.frame) this.frame.remove();
      this.frame = null;
      this.isReady = false;
    }

    destroy() {
      this.unmount();
      this.elements.element = null;
    }

    on(name, listener) {
      (this.listeners[name] = this.listeners[name] || []).push(listener);
      return this;
    }

    off(name, listener) {
      this.listeners[name] = (this.listeners[name] || []).filter((one) => listener && one !== listener);
      return this;
    }

    once(name, listener) {
      const heard = (event) => {
        this.off(name, heard);
        listener(event);
      };
      return this.on(name, heard);
    }

    update(options) {
      Object.assign(this.options, options);
      return this;
    }

    focus() { this.tell({ type: "focus" }); }
    blur() { this.tell({ type: "blur" }); }
    clear() { this.tell({ type: "clear" }); }

    emit(name, event) {
      (this.listeners[name] || []).slice().forEach((listener) =>
        listener(Object.assign({ elementType: "payment" }, event)));
    }

    tell(message) {
      if (this.frame) this.frame.contentWindow.postMessage(Object.assign({ channel: CHANNEL }, message), home);
    }

    ask(message) {
      return new Promise((resolve) => {
        const number = ++asked;
        this.waiting.set(number, resolve);
        this.tell(Object.assign({ number: number }, message));
      });
    }

    hear(event) {
      if (event.origin !== home || !this.frame || event.source !== this.frame.contentWindow) return;
      const told = event.data || {};
      if (told.channel !== CHANNEL) return;
      if (told.type === "ready") {
        this.isReady = true;
        this.emit("ready", {});
      } else if (told.type === "resize") {
        const height = Number(told.height);
        if (height > 0 && height < 5000) this.frame.style.height = Math.ceil(height) + "px";
      } else if (told.type === "change" || told.type === "focus" || told.type === "blur") {
        this.emit(told.type, told.event || {});
      } else if (told.type === "answer" && this.waiting.has(told.number)) {
        const resolve = this.waiting.get(told.number);
        this.waiting.delete(told.number);
        resolve(told.answer);
      }
    }
  }

  class Elements {
    constructor(key, options) {
      this.key = key;
      this.clientSecret = options.clientSecret;
      this.appearance = options.appearance || {};
      this.element = null;
    }

    create(kind, options) {
      if (kind !== "payment") throw new IntegrationError("The sandbox has the payment element only.");
      if (this.element) throw new IntegrationError("Can only create one Element of type payment.");
      this.element = new PaymentElement(this, this.key, options);
      return this.element;
    }

    getElement(kind) { return kind === "payment" ? this.element : null; }
    update(options) { Object.assign(this, options); }
    fetchUpdates() { return Promise.resolve({}); }

    submit() {
      return this.element.ask({ type: "check" }).then((answer) => (answer.error ? answer : {}));
    }
  }

  function go(address) {
    window.location.assign(address);
    return new Promise(() => {}); // the page is left; like Stripe's, this never answers
  }

  class Stripe {
    constructor(key) { this.key = key; }

    elements(options) { return new Elements(this.key, options || {}); }

    async confirmPayment(options) {
      const elements = options.elements;
      if (!elements || !elements.element || !elements.element.frame) {
        throw new IntegrationError("Invalid value for elements: mount a payment element first.");
      }
      const secret = options.clientSecret || elements.clientSecret;
      const returnUrl = options.confirmParams && options.confirmParams.return_url;
      const isOptional = options.redirect === "if_required";
      intentOf(secret);
      if (!returnUrl && !isOptional) {
        throw new IntegrationError("Missing value for confirmParams.return_url.");
      }
      const answer = await elements.element.ask({
        type: "confirm", clientSecret: secret, returnUrl: returnUrl || null,
      });
      if (answer.error) return { error: answer.error };
      const intent = answer.paymentIntent;
      const action = intent.next_action;
      if (intent.status === "requires_action" && action) {
        return go(action.redirect_to_url ? action.redirect_to_url.url : action.use_stripe_sdk.stripe_js);
      }
      if (isOptional) return { paymentIntent: intent };
      const address = new URL(returnUrl);
      address.searchParams.set("payment_intent", intent.id);
      address.searchParams.set("payment_intent_client_secret", secret);
      address.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "pending");
      return go(address.href);
    }

    async retrievePaymentIntent(clientSecret) {
      const address = API + intentOf(clientSecret) + "?client_secret=" + encodeURIComponent(clientSecret);
      try {
        const response = await fetch(address, { headers: { Authorization: "Bearer " + this.key } });
        const body = await response.json();
        return response.ok ? { paymentIntent: body } : { error: body.error };
      } catch {
        return { error: { type: "api_connection_error", message: "We could not reach the payment service." } };
      }
    }
  }

  window.Stripe = function (key) {
    if (typeof key !== "string" || !key.startsWith("pk_")) {
      throw new IntegrationError("Please call Stripe() with your publishable key. You used " + JSON.stringify(String(key)).slice(0, 9) + "…");
    }
    return new Stripe(key);
  };
  window.Stripe.version = "sandbox";
})();
