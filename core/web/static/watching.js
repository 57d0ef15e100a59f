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
  document.addEventListener('htmx:afterSettle', () => {
    const now = live() && live().dataset.said
    if (now && now !== said && announcer) announcer.textContent = `Waiting room: ${now}`
    said = now
  })
})()
