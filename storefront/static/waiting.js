// What the waiting room's pages gain when scripts run: numbers that move, clocks, and the next step
// when it is time. The words come with the page. Everything works without, only slower.
(() => {
  'use strict'
  const SPREAD_SECONDS = 20 // when everybody has to ask for its page anew: not all at once
  const NUMBERS_SECONDS = 8, NEAR = 1000, LOOKS_A_SECOND = 400 // after the draw, whoever is called soon looks first
  const JITTER = 0.2
  const MOST_BACKOFF_SECONDS = 120
  const LATE_SECONDS = 30
  const QUICK_REPEATS = 40, ASK_AGAIN_SECONDS = 8
  const SLOW_REPEAT_SECONDS = 16 // a seat that is free goes first to who asked within 30
  const SLACK_SECONDS = 60, SLACK_SHARE = 0.25 // as in telling.py
  const LEAST_PER_MINUTE = 1.2, TICKETS_AN_ORDER = 2 // serving.py
  const figures = new Intl.NumberFormat('en')
  const memory = {}

  let room, facts, doc, words, own, title, spoken, skew, pollAt, lookAt, numberAt, failures = 0, isAsking = false

  const recall = (name) => { try { return sessionStorage.getItem(name) } catch { return memory[name] ?? null } }
  const note = (name, value) => { memory[name] = value; try { sessionStorage.setItem(name, value) } catch { /* kept as long as the page */ } }
  const now = () => (Date.now() + (skew ?? 0)) / 1000
  const setClock = () => { // a document may be late, by minutes, but it is never early
    if (!doc.is_interrupted) skew = Math.max(skew ?? -Infinity, Date.parse(doc.at) - Date.now())
  }
  const is = (...states) => states.includes(facts.state)
  const when = (name, shown) => room.querySelectorAll(`[data-when=${name}]`).forEach((each) => { each.hidden = !shown })
  const announce = (text) => { document.getElementById('announcer').textContent = text }
  const jittered = (wait) => wait * (1 + JITTER * (2 * Math.random() - 1))
  const lookWithin = (most) => { lookAt = lookAt || now() + Math.random() * most }
  const say = (name, text, isGrave) => room.querySelectorAll(`[data-say=${name}]`).forEach((each) => {
    if (each.textContent !== text) each.textContent = text
    if (isGrave) each.dataset.tone = 'warn'; else delete each.dataset.tone
  })

  const aheadOf = (place) => doc.gaps.reduce(
    (found, [first, last]) => found - Math.max(0, Math.min(last, place - 1) - Math.max(first, doc.serving + 1) + 1),
    Math.max(0, place - doc.serving - 1))

  // How long it takes, as wording.py and telling.py have it.
  const isStopped = () => doc.is_paused || doc.is_interrupted
  const waitOf = (place) => (isStopped() || doc.why === 'stock' || doc.per_minute < LEAST_PER_MINUTE ? null : Math.ceil((aheadOf(place) + 1) * 60 / doc.per_minute))
  const ranged = (unit, low, high, step) => {
    const down = Math.max(1, Math.floor(low / step) * step)
    return words.estimate[unit].replace('{low}', down).replace('{high}', Math.max(Math.ceil(high / step) * step, down + step))
  }
  const estimate = (wait) => {
    if (wait === null) return words.estimate.unknown
    const low = wait / 60 * 0.8, high = wait / 60 * 1.25
    if (high <= 1) return words.estimate.now
    return high >= 150 ? ranged('hours', low / 60, high / 60, 1) : ranged('minutes', low, high, high <= 20 ? 1 : high <= 60 ? 5 : 10)
  }
  const chance = (place) => {
    const wanted = (aheadOf(place) + doc.choosing) * doc.conversion * TICKETS_AN_ORDER
    if (doc.phase !== 'open' || doc.is_interrupted || doc.has_sold_out) return ''
    return words.chance[wanted <= doc.tickets_left * 0.7 ? 'likely' : wanted <= doc.tickets_left * 1.5 ? 'uncertain' : 'unlikely']
  }
  const tell = (before, wait) => {
    if (wait === null) return before
    const until = Math.round(now()) + wait
    if (!before) return { until, reason: null }
    const slack = Math.max(SLACK_SECONDS, SLACK_SHARE * (before.until - now()))
    if (until > before.until + slack) return { until, reason: doc.why || '' }
    return until < before.until - slack ? { until, reason: null } : before
  }

  const showWaiting = () => {
    const ahead = aheadOf(own), key = `told ${facts.place}`
    const wait = waitOf(own), told = tell(JSON.parse(recall(key)), wait)
    if (told) note(key, JSON.stringify(told))
    const left = wait === null || !told ? null : Math.max(0, told.until - Math.round(now()))
    const isLonger = wait !== null && told.reason !== null
    say('ahead', figures.format(ahead))
    say('serving', figures.format(doc.serving))
    room.querySelector('progress').value = doc.serving
    say('estimate', estimate(left))
    say('why', isLonger ? `${words.longer} ${words.why[told.reason]}` : doc.why ? words.why[doc.why] : '', isLonger || isStopped())
    say('chance', chance(own))
    document.title = `${figures.format(ahead)} ahead · ${title}`
    // Spoken seldom: when it is half of what was said, or half as much again, or cannot be told.
    const minutes = left === null ? -1 : Math.ceil(left / 60)
    if (spoken === undefined) spoken = minutes
    if (minutes > spoken * 1.5 || minutes < spoken / 2 || minutes < 0 !== spoken < 0) {
      announce(`${figures.format(ahead)} people ahead of you. ${estimate(left)}.`)
      spoken = minutes
    }
  }

  const show = () => {
    if (is('waiting')) showWaiting()
    else {
      say('newcomer', estimate(waitOf(doc.last + 1)))
      say('why', doc.why && (is('open') || isStopped()) ? words.why[doc.why] : '', isStopped())
    }
    say('waiting', figures.format(doc.waiting))
    say('gathered', figures.format(Math.max(1, doc.gathered)))
    room.querySelectorAll('[data-left]').forEach((each, index) => {
      const { state, left } = doc.ticket_types[index] || {}
      if (!state) return
      each.dataset.left = state
      each.textContent = ((!left && words.uncounted[state]) || words.left[state]).replace('{left}', left)
    })
    const isFree = !doc.waiting && !doc.why && !doc.has_sold_out && !doc.is_all_held
    when('free', isFree)
    when('line', !isFree)
    when('sold', doc.has_sold_out)
    when('held', doc.is_all_held && !doc.has_sold_out)
  }

  const showDue = () => { // a clock that stands at 0:00 tells nothing
    when('due', true)
    when('before', false)
  }

  const plan = () => {
    const far = own ? aheadOf(own) : Infinity
    let wait = doc.polls.find(([most]) => most === null || far <= most)[1]
    const next = Date.parse(is('announced') ? doc.gathers_at : doc.opens_at) / 1000 - now()
    if (is('announced', 'gathering') && next > -60) wait = Math.min(wait, Math.max(0, next) + 1 + 4 * Math.random())
    pollAt = now() + jittered(document.hidden ? wait * 2 : wait)
  }

  const taken = (fresh) => {
    when('offline', false)
    if (fresh.is_interrupted) { // the figures may be older than ours
      doc = { ...doc, is_interrupted: true, why: fresh.why }
      return show()
    }
    const isLost = fresh.epoch !== doc.epoch // then everybody shows what it carries
    doc = fresh
    setClock()
    const isOver = is('announced', 'gathering', 'open') ? doc.phase !== facts.state : doc.phase === 'closed'
    if (is('waiting') && own <= doc.serving) lookWithin(1)
    else if (is('gathering') && own && own <= doc.serving) lookAt = Math.min(lookAt, now() + 2 * Math.random())
    else if (is('gathering') && doc.phase === 'open' && doc.is_drawn) numberAt ||= now() + Math.random() * NUMBERS_SECONDS
    else if (isOver || isLost) lookWithin(facts.place ? SPREAD_SECONDS : 5)
    show()
  }

  // How many seconds later to ask again if it failed: later and later, or when the server says.
  const ask = async (url, accept, read) => {
    isAsking = true
    let told = 0
    try {
      const answer = await fetch(url, { headers: { Accept: accept } })
      told = Number(answer.headers.get('Retry-After')) || 0
      await read(answer)
      failures = 0
      return 0
    } catch {
      failures += 1
      if (failures > 2) when('offline', true)
      return jittered(Math.max(told, Math.min(MOST_BACKOFF_SECONDS, 2 ** failures)))
    } finally { isAsking = false }
  }

  const poll = async () => {
    const wait = await ask(facts.serving, 'application/json', async (answer) => {
      if (!answer.ok) throw new Error('not now')
      taken(await answer.json())
    })
    if (wait) pollAt = now() + wait; else plan()
  }

  // One's own number, out of a small part of the draw that is the same for everybody. Then the page
  // need not be asked for at once: that would be all who gathered in the same moment.
  const findNumber = async () => {
    numberAt = Infinity
    showDue()
    const wait = await ask(facts.numbers, 'application/json', async (answer) => {
      if (answer.status !== 404 && !answer.ok) throw new Error('not now')
      own = answer.ok ? (await answer.json())[facts.place] : 0
      if (!own) return lookWithin(SPREAD_SECONDS) // not drawn: the page says why
      say('title', words.drawn.replace('{number}', figures.format(own)))
      say('drawn', words.soon)
      announce(words.drawn.replace('{number}', figures.format(own)))
      lookWithin(own <= doc.serving + NEAR ? 5 : Math.max(SPREAD_SECONDS, doc.gathered / LOOKS_A_SECOND))
    })
    if (wait) numberAt = now() + wait
  }

  // The page itself, asked for anew. What has the focus keeps it, if it is still there.
  const look = async () => {
    const wait = await ask(facts.page, 'text/html', async (answer) => {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const next = page.getElementById('room')
      if (!next && !answer.ok) throw new Error('not now')
      if (next?.dataset.leave) return location.replace(next.dataset.leave) // nobody waits any more
      if (!next || (answer.redirected && next.dataset.page !== facts.page)) return location.replace(answer.url)
      const had = room.contains(document.activeElement) && document.activeElement.id, before = facts.state
      room.replaceWith(document.adoptNode(next))
      document.title = page.title
      enter(before)
      if (had) document.getElementById(had)?.focus()
    })
    if (wait) lookAt = now() + wait
  }

  const clock = (left) => {
    if (left >= 172800) return `${Math.floor(left / 86400)} days`
    const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, String(left % 60).padStart(2, '0')]
    return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
  }

  // The one timer: clocks each second, and what is due.
  const tick = () => {
    for (const each of room.querySelectorAll('[data-until]')) {
      const left = Math.max(0, Math.ceil(Date.parse(each.dataset.until) / 1000 - now()))
      each.textContent = clock(left)
      if (left === 0 && is('called', 'admitted')) lookWithin(2)
      if (left === 0 && is('announced', 'gathering')) showDue()
    }
    if (isAsking) return
    if (lookAt && now() >= lookAt) look()
    else if (numberAt && now() >= numberAt) findNumber()
    else if (pollAt && now() >= pollAt) poll()
  }

  const repeat = (form, wait) => {
    const tries = Number(recall('tries')) + 1
    note('tries', tries)
    const least = tries > QUICK_REPEATS ? SLOW_REPEAT_SECONDS : 0 // it ends with the line: then another page answers
    setTimeout(() => form.requestSubmit(), jittered(Math.max(wait, least)) * 1000)
  }

  // Begin with the page as it is now, after `before`.
  const enter = (before) => {
    room = document.getElementById('room')
    facts = room.dataset
    title = document.title
    pollAt = lookAt = numberAt = 0
    const asking = room.querySelector('[data-asks]')
    if (!asking && !facts.again) note('tries', 0)
    if (asking) repeat(asking, ASK_AGAIN_SECONDS)
    if (facts.again) {
      const form = room.querySelector('form')
      if (form) repeat(form, 1.2 * facts.again); else lookAt = now() + jittered(1.2 * facts.again)
    }
    if (before && before !== facts.state && facts.announce) announce(facts.announce)
    if (!facts.doc) return
    doc = JSON.parse(facts.doc)
    words = JSON.parse(facts.words)
    own = Number(facts.number)
    setClock()
    show()
    if (is('announced', 'gathering', 'open', 'waiting')) plan()
    if (is('called') && facts.claim) lookAt = now() + LATE_SECONDS // it may be late by then
  }

  enter()
  tick()
  setInterval(tick, 1000)
  document.addEventListener('visibilitychange', tick)
})()
