"""How conversations are found, and what the desk lends to a customer's timeline."""

from django.utils.translation import gettext_lazy as _

from cangke.customers.public import register_timeline
from cangke.foundation.search.public import register_search
from cangke.rulebook.public import register_evaluator

from .models import Conversation, Message
from .permissions import VIEW
from .queries.timeline import conversations_in_timeline
from .rules import examples

for evaluator in examples.EVALUATORS:
    register_evaluator(**evaluator)
register_search("conversation", _("会话"), model=Conversation, icon="chat", order=30)
register_search("message", _("聊天记录"), model=Message, icon="chat", order=60, own_title=False)
register_timeline("conversation", _("会话"), conversations_in_timeline, permission=VIEW)
