"use strict";
// Shortest lines on the WGS 84 ellipsoid between any two points, antipodal ones too.
//
// The auxiliary sphere of Bessel, as C. F. F. Karney sets it out ("Algorithms for geodesics",
// J. Geodesy 87, 2013): the azimuth at the first point is found by bisection, since longitude
// grows with it, and the two integrals by Gauss-Legendre, since they are smooth: no series, no
// case that does not converge. Distances are good to a micrometre.

const eezkit = {};

eezkit.geodesic = (() => {
  const F = 1 / 298.257223563, B = 6378137 * (1 - F), EP2 = (F * (2 - F)) / (1 - F) ** 2;
  const RAD = Math.PI / 180;
  const NODES = [
    [0.0950125098376374, 0.1894506104550685], [0.2816035507792589, 0.1826034150449236],
    [0.4580167776572274, 0.1691565193950025], [0.6178762444026438, 0.1495959888165767],
    [0.7554044083550030, 0.1246289712555339], [0.8656312023878318, 0.0951585116824928],
    [0.9445750230732326, 0.0622535239386479], [0.9894009349916499, 0.0271524594117541],
  ];

  function integral(f, from, to) {
    const half = (to - from) / 2, middle = from + half;
    let sum = 0;
    for (const [x, w] of NODES) sum += w * (f(middle - half * x) + f(middle + half * x));
    return half * sum;
  }

  /** The geodesic that leaves latitude b1 (south, the farther from the equator) at azimuth
   *  90° + g and reaches latitude b2; b1 and b2 as [sine, cosine] of reduced latitudes. */
  function shoot(b1, b2, g) {
    const [s1, c1] = b1, [s2, c2] = b2, sinA1 = Math.cos(g), cosA1 = -Math.sin(g);
    const sinA0 = sinA1 * c1, cosA0 = Math.hypot(cosA1, sinA1 * s1);
    const more = c1 < -s1 ? (c2 - c1) * (c2 + c1) : (s1 - s2) * (s1 + s2);
    const along1 = cosA1 * c1, along2 = Math.sqrt(Math.max(along1 * along1 + more, 0));
    const k2 = EP2 * cosA0 * cosA0;
    const stretch = (sigma) => Math.sqrt(1 + k2 * Math.sin(sigma) ** 2);
    const sigma1 = Math.atan2(s1, along1), sigma2 = Math.atan2(s2, along2);
    const omega1 = Math.atan2(sinA0 * s1, along1), omega2 = Math.atan2(sinA0 * s2, along2);
    const lag = (sigma) =>
      F * sinA0 * integral((t) => (2 - F) / (1 + (1 - F) * stretch(t)), sigma1, sigma);
    return {
      sinA0, cosA0, sigma1, sigma2, omega1, lag, stretch,
      lambda: omega2 - omega1 - lag(sigma2),
      azimuth1: Math.atan2(sinA1, cosA1),
      azimuth2: Math.atan2(sinA0, along2),
    };
  }

  function reduced(lat) {
    const beta = Math.atan((1 - F) * Math.tan(lat * RAD));
    return [Math.sin(beta), Math.abs(lat) === 90 ? 1e-150 : Math.cos(beta)];
  }

  function solve(lat1, lat2, lambda) {
    const b1 = reduced(lat1), b2 = reduced(lat2);
    b1[0] = -Math.abs(b1[0]);  // -0 on the equator: the side from which the line leaves
    if (b1[0] === 0 && lambda <= Math.PI * (1 - F)) return null;
    let low = -Math.PI / 2, high = Math.PI / 2;
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (shoot(b1, b2, middle).lambda < lambda) low = middle; else high = middle;
    }
    return shoot(b1, b2, high);
  }

  /** Geodesic from one point to another, in degrees: its length in metres, its azimuth at the
   *  first point, and points(n), n + 1 pairs of latitude and longitude along it. */
  return function geodesic(lat1, lon1, lat2, lon2) {
    const across = ((((lon2 - lon1) % 360) + 540) % 360) - 180;
    const east = across < 0 ? -1 : 1, lambda = Math.abs(across) * RAD;
    const swapped = Math.abs(lat1) < Math.abs(lat2);
    const [start, end] = swapped ? [lat2, lat1] : [lat1, lat2];
    const south = start > 0 ? -1 : 1;  // the far latitude is mirrored to the south
    const line = solve(south * start, south * end, lambda);
    const distance = line ? B * integral(line.stretch, line.sigma1, line.sigma2) : 6378137 * lambda;
    let azimuth = 90;
    if (line) {
      azimuth = (swapped ? Math.PI - line.azimuth2 : line.azimuth1) / RAD;
      if (south < 0) azimuth = 180 - azimuth;
    }
    function at(part) {
      if (!line) return [0, lambda * part];
      const sigma = line.sigma1 + (line.sigma2 - line.sigma1) * part;
      const sinB = line.cosA0 * Math.sin(sigma);
      const cosB = Math.hypot(line.cosA0 * Math.cos(sigma), line.sinA0);
      let omega = Math.atan2(line.sinA0 * Math.sin(sigma), Math.cos(sigma)) - line.omega1;
      if (omega < -1e-12) omega += 2 * Math.PI;
      const lat = Math.atan2(sinB, (1 - F) * cosB) / RAD;
      return [south * lat, (omega - line.lag(sigma)) / RAD];
    }
    function points(n) {
      const found = [];
      for (let i = 0; i <= n; i++) {
        const [lat, lon] = at(swapped ? 1 - i / n : i / n);
        found.push([lat, lon1 + east * (swapped ? lambda / RAD - lon : line ? lon : lon / RAD)]);
      }
      return found;
    }
    return { distance, azimuth: (east * azimuth + 360) % 360, points };
  };
})();
