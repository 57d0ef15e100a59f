// A live view: rests while nobody looks, says aloud what has changed, and says so when it is old.
(() => {
  'use strict'
  const announcer = document.getElementById('announcer')
  const live = () => document.getElementById('live')
  const isOurs = (event) => event.detail.elt && event.detail.elt.id === 'live'
  let said = live() && live().dataset.said

  document.addEventListener('htmx:beforeRequest', (event) => {
    if (isOurs(event) && document.hidden) event.preventDefault()
  })
  document.addEventListener('visibilitychange', () => {
    const view = live()
    if (!document.hidden && view && view.hasAttribute('hx-get')) {
      window.htmx.ajax('GET', view.getAttribute('hx-get'), { source: view, target: view, swap: 'outerHTML' })
    }
  })
  const old = (event) => {
    const note = isOurs(event) && live().querySelector('.line__stale')
    if (note) note.hidden = false
  }
  for (const name of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout']) document.addEventListener(name, old)
  document.addEventListener('htmx:afterSettle', (event) => {
    if (!isOurs(event)) return
    const now = live().dataset.said
    const news = now && now !== said ? [`Waiting room: ${now}.`] : []
    said = now
    news.push(follow())
    if (announcer && news.join('')) announcer.textContent = news.join(' ')
  })
  // What can be done follows the room, but not under the hands of somebody who is at it.
  const follow = () => {
    const standing = document.getElementById('standing')
    if (!standing || standing.dataset.version === live().dataset.version) return ''
    if (!isInUse(standing)) {
      window.htmx.trigger(standing, 'room-changed')
      return ''
    }
    const note = standing.querySelector('.standing__changed')
    const wasTold = !note.hidden
    note.hidden = false
    return wasTold ? '' : note.textContent
  }
  const isInUse = (part) => part.contains(document.activeElement) ||
    part.querySelector('details[open]:not([data-first])') !== null ||
    [...part.querySelectorAll('input')].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked) ||
    [...part.querySelectorAll('option')].some((option) => option.selected !== option.defaultSelected)
})()
