from journeys.models.forecasts import Forecast
from journeys.models.journey import Influence, Journey, Stage, Touchpoint
from journeys.models.quarters import Quarter
from journeys.models.sources import Evidence, Indicator, IndicatorRole, Reminder, Source, Target
from journeys.models.uploads import Call, Job, Kept, Part, Preparation, Upload

__all__ = [
    "Call",
    "Evidence",
    "Forecast",
    "Indicator",
    "IndicatorRole",
    "Influence",
    "Job",
    "Journey",
    "Kept",
    "Part",
    "Preparation",
    "Quarter",
    "Reminder",
    "Source",
    "Stage",
    "Target",
    "Touchpoint",
    "Upload",
]
