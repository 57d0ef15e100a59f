// Stripe's payment form: load, mount, confirm once. The order is settled by Stripe's notice, never by this page.
(() => {
  'use strict'
  const LOAD_TIMEOUT_MS = 15000
  const form = document.getElementById('payment-form')
  if (!form) return
  const place = document.getElementById('payment-element')
  const problem = document.getElementById('payment-error')
  const pay = document.getElementById('pay')
  const retry = form.querySelector('[data-retry]')
  const loading = form.querySelector('[data-loading]')
  const working = form.querySelector('[data-working]')
  const label = form.querySelector('[data-label]')
  const payLabel = label.textContent
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  let stripe = null
  let elements = null
  let isBusy = false
  let isReady = false
  let isOver = false

  const appearance = () => {
    const style = getComputedStyle(document.documentElement)
    const token = (name) => style.getPropertyValue(name).trim()
    return {
      theme: dark.matches ? 'night' : 'stripe',
      variables: {
        colorPrimary: token('--accent-text'), colorBackground: token('--raised'), colorText: token('--ink'),
        colorTextSecondary: token('--soft'), colorDanger: token('--bad'), fontFamily: 'system-ui, sans-serif',
        borderRadius: token('--radius') === '2px' ? '2px' : '10px', spacingUnit: '4px',
      },
    }
  }
  const say = (text) => { problem.textContent = text }
  const busy = (is) => {
    isBusy = is
    if (is) document.body.dataset.paying = 'yes'; else delete document.body.dataset.paying
    working.hidden = !is
    label.textContent = is ? 'Paying…' : payLabel
    pay.setAttribute('aria-disabled', String(is || !isReady || isOver))
  }
  const failed = () => {
    if (isReady) return
    loading.hidden = true
    place.hidden = true
    retry.hidden = false
    say('The payment form could not be loaded. You have not been charged and your tickets are still held. Check your connection, then try again.')
  }
  const load = () => new Promise((resolve, reject) => {
    if (window.Stripe) return resolve()
    const script = document.createElement('script')
    const timer = setTimeout(() => { script.remove(); reject(new Error('slow')) }, LOAD_TIMEOUT_MS)
    script.src = form.dataset.stripeJs
    script.onload = () => { clearTimeout(timer); window.Stripe ? resolve() : reject(new Error('empty')) }
    script.onerror = () => { clearTimeout(timer); script.remove(); reject(new Error('unreachable')) }
    document.head.append(script)
  })
  const mount = async () => {
    say('')
    retry.hidden = true
    loading.hidden = false
    place.hidden = false
    try {
      await load()
      stripe = stripe || window.Stripe(form.dataset.publishableKey)
      elements = stripe.elements({ clientSecret: form.dataset.clientSecret, appearance: appearance() })
      const element = elements.create('payment')
      const ready = () => { loading.hidden = true; isReady = true; busy(false) }
      if (element.on) { element.on('ready', ready); element.on('loaderror', failed) }
      element.mount('#payment-element')
      if (!element.on) ready()
    } catch { failed() }
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (isBusy || !isReady || isOver) return
    say('')
    busy(true)
    try {
      const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: form.dataset.returnUrl } })
      if (error) { say(error.message || 'That did not work. You have not been charged: please try again or use another card.'); busy(false) }
      // Without an error the browser is on its way to the order: stay busy.
    } catch {
      say('We could not reach Stripe. If your bank shows a payment, wait a moment and look at your order before you try again.')
      busy(false)
    }
  })
  retry.addEventListener('click', () => { mount(); pay.focus() })
  dark.addEventListener('change', () => elements?.update?.({ appearance: appearance() }))
  document.addEventListener('hold:over', () => { isOver = true; if (!isBusy) { busy(false); form.hidden = true } })
  window.addEventListener('pageshow', (event) => { if (event.persisted) busy(false) })
  mount()
})()
