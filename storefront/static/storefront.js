// What pages gain when scripts run: steppers, totals, clocks, announcements. Everything works without.
(() => {
  'use strict'
  const announce = (text) => { const place = document.getElementById('announcer'); if (place && place.textContent !== text) place.textContent = text }

  const steppers = (form) => {
    const inputs = [...form.querySelectorAll('[data-price]')]
    const sum = form.querySelector('[data-total]')
    const money = new Intl.NumberFormat(document.documentElement.lang || 'en', { style: 'currency', currency: form.dataset.currency || 'EUR' })
    const minor = 10 ** money.resolvedOptions().maximumFractionDigits
    const count = (input) => Math.max(0, Math.min(Number(input.max), parseInt(input.value, 10) || 0))
    const show = () => {
      let total = 0
      for (const input of inputs) {
        total += count(input) * Number(input.dataset.price)
        for (const button of input.parentElement.querySelectorAll('[data-step]')) {
          const next = count(input) + Number(button.dataset.step)
          button.setAttribute('aria-disabled', String(next < 0 || next > Number(input.max)))
        }
      }
      if (sum) sum.textContent = money.format(total / minor)
    }
    form.addEventListener('click', (event) => {
      const button = event.target.closest('[data-step]')
      if (!button || button.getAttribute('aria-disabled') === 'true') return
      const input = button.parentElement.querySelector('input')
      input.value = count(input) + Number(button.dataset.step)
      show()
      announce(`${input.value} ${input.closest('.type').querySelector('.type__name').textContent}, total ${sum ? sum.textContent : ''}`)
    })
    form.addEventListener('input', show)
    // One press is one order; a page that comes back from history must be usable again.
    form.addEventListener('submit', (event) => { if (form.dataset.sent) event.preventDefault(); form.dataset.sent = 'yes' })
    window.addEventListener('pageshow', () => { delete form.dataset.sent; show() })
    show()
  }

  // The server said how many seconds are left: the customer's own clock may be wrong.
  const holdClock = (hold) => {
    if (hold.dataset.ticking) return
    hold.dataset.ticking = 'yes'
    const clock = hold.querySelector('[data-clock]')
    const end = Date.now() + Number(hold.dataset.secondsLeft) * 1000
    // A pass to choose counts down like a hold, and says other words.
    const said = {
      120: 'Your tickets are held for two more minutes.',
      30: 'Your tickets are held for thirty more seconds.',
      0: 'The time is over. The tickets are back on sale and you have not been charged.',
      ...JSON.parse(hold.dataset.words || '{}'),
    }
    const told = new Set([120, 30].filter((mark) => mark >= Number(hold.dataset.secondsLeft)))
    const tick = () => {
      if (!hold.isConnected) return clearInterval(timer)
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
      if (clock) clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
      hold.classList.toggle('hold--soon', left <= 120)
      for (const mark of [120, 30]) {
        if (left > 0 && left <= mark && !told.has(mark)) {
          told.add(mark)
          announce(said[mark])
        }
      }
      // A payment on its way decides what is true: say nothing until it has answered.
      if (left > 0 || document.body.dataset.paying) return
      clearInterval(timer)
      hold.querySelector('.hold__running').hidden = true
      hold.querySelector('.hold__over').hidden = false
      announce(said[0])
      document.dispatchEvent(new CustomEvent('hold:over'))
    }
    const timer = setInterval(tick, 1000)
    if (Number(hold.dataset.secondsLeft) > 0) tick(); else clearInterval(timer)
  }

  const opening = (place) => {
    const opensAt = Date.parse(place.dataset.opensAt)
    const words = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]
    const tick = () => {
      let left = Math.max(0, Math.round((opensAt - Date.now()) / 1000))
      if (left === 0) {
        clearInterval(timer)
        place.parentElement.hidden = true
        const opened = place.closest('.notice').querySelector('[data-opened]')
        if (opened) { opened.hidden = false; announce(opened.textContent.trim()) }
        return
      }
      const far = left >= 86400
      const parts = []
      for (const [word, seconds] of words) {
        const count = Math.floor(left / seconds)
        left -= count * seconds
        if ((count || parts.length) && !(far && word === 'second')) parts.push(`${count} ${word}${count === 1 ? '' : 's'}`)
      }
      place.textContent = `in ${parts.slice(0, 3).join(', ')}`
    }
    const timer = setInterval(tick, 1000)
    tick()
  }

  const enliven = (root) => {
    root.querySelectorAll('[data-tickets]').forEach(steppers)
    root.querySelectorAll('[data-seconds-left]').forEach(holdClock)
    root.querySelectorAll('[data-opens-at]').forEach(opening)
    root.querySelector('[data-focus]')?.focus()
  }
  enliven(document)

  // A poll that brought a new state says so, and leaves the focus where a person put it.
  document.addEventListener('htmx:afterSwap', (event) => {
    const fresh = document.getElementById(event.detail.target.id) || event.detail.elt
    if (fresh?.dataset?.announce) announce(fresh.dataset.announce)
    if (fresh) enliven(fresh)
  })
})()
