import { useEffect, useState } from 'preact/hooks';
import { type Route, routeOf } from './route.ts';

/** Where the page stands; follows links and the browser's own buttons. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const follow = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
